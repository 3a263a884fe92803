#!/usr/bin/env bash
# Installs Prêt on Debian or Ubuntu, upgrades it, or takes it away: ./install.sh --help
set -euo pipefail

usage() {
  cat <<'TEXT'
Installs Prêt, or upgrades it when it is there: with a backup before, and back to the old version
when the new one does not become healthy.

Usage: ./install.sh [OPTIONS]

  --binary FILE      install this binary instead of building one from the folder of this script
  --prefix DIR       put everything below DIR; without it /usr/local, /etc/pret and /var/lib/pret
                     for root, and the places of the home folder (~/.local, ~/.config) for others
  --listen ADDR:PORT what a new config.toml listens on (127.0.0.1:8080); an old one is never changed
  --no-service       only the files: no system user, no systemd unit, nothing is started
  --uninstall        take the program away; data and settings stay
  --purge            with --uninstall: data, settings, backups and the system user go too
  --dry-run          say what would be done, and do nothing
  --help             this text

As root Prêt becomes a systemd service of its own user. Without root it becomes a service of yours,
where systemd runs for users.
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

# --- What is asked ------------------------------------------------------------------------------

binary='' prefix='' listen=127.0.0.1:8080 service=yes mode=install purge=no dry=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --binary | --prefix | --listen) [[ -n ${2:-} ]] || fail "$1 needs a value; see --help" ;;&
    --binary) binary=$2; shift ;;
    --prefix) prefix=$2; shift ;;
    --listen) listen=$2; shift ;;
    --no-service) service=no ;;
    --uninstall) mode=uninstall ;;
    --purge) purge=yes ;;
    --dry-run) dry=yes ;;
    --help | -h) usage; exit 0 ;;
    *) fail "unknown option $1; see --help" ;;
  esac
  shift
done
[[ $purge == no || $mode == uninstall ]] || fail "--purge goes with --uninstall only"
[[ $listen =~ ^[][0-9a-fA-F.:]+:[1-9][0-9]*$ ]] ||
  fail "--listen wants ADDRESS:PORT with a port from 1, such as 127.0.0.1:8080"
[[ -z $prefix || $prefix == /* ]] || prefix=$PWD/$prefix

root=no
[[ $EUID -ne 0 ]] || root=yes
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# --- Where things lie ---------------------------------------------------------------------------

if [[ -n $prefix ]]; then
  bin=$prefix/bin share=$prefix/share etc=$prefix/etc/pret data=$prefix/var/lib/pret
elif [[ $root == yes ]]; then
  bin=/usr/local/bin share=/usr/local/share etc=/etc/pret data=/var/lib/pret
else
  bin=$HOME/.local/bin share=$HOME/.local/share
  etc=${XDG_CONFIG_HOME:-$HOME/.config}/pret data=${XDG_DATA_HOME:-$HOME/.local/share}/pret
fi
pret=$bin/pret
pretctl=$bin/pretctl
config=$etc/config.toml
# They go into units and scripts as they are.
[[ $bin$etc$data =~ ^[A-Za-z0-9/._+-]*$ ]] ||
  fail "$bin, $etc and $data may have letters, digits and / . _ + - only: give another --prefix"
owner=$(id -un)
if [[ $root == yes && $service == yes ]]; then owner=pret; fi
if [[ $root == yes ]]; then
  unit=/etc/systemd/system/pret.service
else
  unit=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/pret.service
fi

ctl() { if [[ $root == yes ]]; then systemctl "$@"; else systemctl --user "$@"; fi; }

# Whether systemd is here and running, so that a service can be started.
systemd_runs() {
  [[ $service == yes ]] && command -v systemctl >/dev/null || return 1
  if [[ $root == yes ]]; then [[ -d /run/systemd/system ]]; else ctl show-environment &>/dev/null; fi
}

# --- Doing, or only saying ----------------------------------------------------------------------

run() {
  if [[ $dry == yes ]]; then say "would run: $*"; else "$@"; fi
}

# write MODE OWNER FILE: what comes in, whole or not at all.
write() {
  local text
  text=$(cat; printf x)
  if [[ $dry == yes ]]; then say "would write: $3"; return; fi
  printf '%s' "${text%x}" >"$3.part"
  chmod "$1" "$3.part"
  [[ $root == no ]] || chown "$2" "$3.part"
  mv -f "$3.part" "$3"
}

# Before a command: the rights of the one who serves. An array, so that in the background it is the
# command itself that gets a signal, and no shell around it.
as_owner=()
[[ $owner == "$(id -un)" ]] || as_owner=(setpriv --reuid pret --regid pret --init-groups --)

# --- The binary ---------------------------------------------------------------------------------

# Under sudo the toolchain belongs to the person, and so shall what it builds.
builder() {
  if [[ $root == yes && -n ${SUDO_USER:-} && $SUDO_USER != root ]]; then
    runuser -u "$SUDO_USER" -- env "PATH=$(getent passwd "$SUDO_USER" | cut -d: -f6)/.cargo/bin:$PATH" "$@"
  else
    env "PATH=$HOME/.cargo/bin:$PATH" "$@"
  fi
}

need_compiler() {
  ! command -v cc >/dev/null || return 0
  [[ $root == yes ]] || fail "a C compiler is missing: sudo apt-get install gcc libc6-dev"
  command -v apt-get >/dev/null || fail "a C compiler is missing: install gcc"
  run apt-get update -qq
  run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev
}

# Sets `binary`, building it when none was given.
find_binary() {
  if [[ -n $binary ]]; then
    [[ -f $binary && -x $binary ]] || fail "$binary is no program"
    return
  fi
  [[ -f $here/Cargo.toml ]] || fail "there is nothing to build beside this script: give --binary FILE"
  builder sh -c 'command -v cargo' >/dev/null ||
    fail "Rust is missing: get it from https://rustup.rs, then run this again"
  need_compiler
  say "building; the first time takes some minutes"
  run builder sh -c "cd '$here' && cargo build --release --locked"
  binary=${CARGO_TARGET_DIR:-$here/target}/release/pret
}

# --- Files of an installation -------------------------------------------------------------------

make_user() {
  if [[ $owner != pret ]] || id pret &>/dev/null; then return 0; fi
  run useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin pret
}

make_folders() {
  run install -d -m 755 "$bin" "$share"
  run install -d -m 755 "$etc"
  if [[ $owner == pret ]]; then
    run install -d -m 700 -o pret -g pret "$data" "$data/backups"
  else
    run install -d -m 700 "$data" "$data/backups"
  fi
}

make_config() {
  if [[ -e $config ]]; then say "kept: $config"; return; fi
  write 640 "root:$owner" "$config" <<TEXT
# Settings of Prêt. What is not said here has its default: \`pretctl config show\` lists all of
# them, with where each comes from.
database = "$data/pret.db"
listen = "$listen"

[backup]
# A verified copy of the database each day, the newest 14 kept. Copy them to another machine.
folder = "$data/backups"
TEXT
}

# Commands need the settings and the rights of the service.
make_pretctl() {
  write 755 root:root "$pretctl" <<TEXT
#!/bin/sh
# Runs a command of Prêt on the database of this installation: pretctl user --help
exec ${as_owner[*]} env PRET_CONFIG=$config $pret "\$@"
TEXT
}

# Pages for man and completion for bash.
make_help() {
  local man=$share/man/man1 completions=$share/bash-completion/completions
  run install -d -m 755 "$man" "$completions"
  if [[ $dry == yes ]]; then say "would write: pages for man, completions for bash"; return; fi
  # Help that is missing is no reason to be without the service.
  "$pret" man --out "$man" >/dev/null || say "the pages for man could not be written"
  "$pret" completions bash | write 644 root:root "$completions/pret" || say "no completions"
}

system_unit() {
  cat <<TEXT
[Unit]
Description=Prêt, the lending desk
After=network.target

[Service]
Type=exec
User=pret
Group=pret
ExecStart=$pret serve --config $config
WorkingDirectory=$data
Restart=on-failure
RestartSec=2
# The server ends by itself within limits.stop_seconds.
TimeoutStopSec=60
UMask=0077
LimitNOFILE=65536
# It may write its data and nothing else, and reach nothing but the network.
ReadWritePaths=$data
ProtectSystem=strict
ProtectHome=$(below_home && echo read-only || echo yes)
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
DevicePolicy=closed
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
TEXT
}

# A prefix below /home must stay readable for the service.
below_home() { [[ $data == /home/* || $data == /root/* ]]; }

# A manager of a user can't take rights away that the user has, so this one asks for less.
user_unit() {
  cat <<TEXT
[Unit]
Description=Prêt, the lending desk

[Service]
Type=exec
ExecStart=$pret serve --config $config
WorkingDirectory=$data
Restart=on-failure
RestartSec=2
TimeoutStopSec=60
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
TEXT
}

make_unit() {
  [[ $service == yes ]] || return 0
  if [[ -e $unit ]] && ! grep -qF "ExecStart=$pret " "$unit"; then
    fail "$unit belongs to another installation: take that away first, or use --no-service"
  fi
  run mkdir -p "$(dirname "$unit")"
  if [[ $root == yes ]]; then system_unit; else user_unit; fi | write 644 root:root "$unit"
  ! systemd_runs || run ctl daemon-reload
}

# --- Whether it works ---------------------------------------------------------------------------

# The value of a setting in force, as the new binary reads it.
setting() {
  "${as_owner[@]}" env "PRET_CONFIG=$config" "$pret" config show | awk -v key="$1" '$1 == key { gsub(/"/, "", $2); print $2 }'
}

# healthy ADDRESS:PORT: asks without a tool that a bare machine may lack.
healthy() {
  local host=${1%:*} port=${1##*:} status
  host=${host#[}; host=${host%]}
  case $host in 0.0.0.0) host=127.0.0.1 ;; ::) host=::1 ;; esac
  status=$(
    exec 2>/dev/null 3<>"/dev/tcp/$host/$port" || exit
    printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    timeout 5 head -n 1 <&3
  ) || return 1
  [[ $status == "HTTP/1.1 200"* ]]
}

# wait_healthy ADDRESS:PORT ALIVE…: until it is, while the command ALIVE says there is hope.
wait_healthy() {
  local address=$1
  for _ in $(seq 120); do
    ! healthy "$address" || return 0
    "${@:2}" || return 1
    sleep 0.5
  done
  return 1
}

# systemd starts what failed again: three times are hope enough.
service_alive() {
  [[ $(ctl is-active pret) =~ ^(active|activating)$ && $(ctl show --property NRestarts --value pret) -lt 3 ]]
}

# Starts the service and waits; without systemd tries the server on a free port and ends it again.
start_and_check() {
  if systemd_runs; then
    address=$(setting listen)
    ctl reset-failed pret 2>/dev/null || true
    ctl start pret && wait_healthy "$address" service_alive
  else
    try_server
  fi
}

try_server() {
  local out pid status=0
  out=$(mktemp)
  "${as_owner[@]}" env "PRET_CONFIG=$config" "$pret" serve --listen 127.0.0.1:0 >"$out" 2>"$out.log" &
  pid=$!
  for _ in $(seq 240); do
    address=$(sed -n 's|^listening on http://||p' "$out")
    if [[ -n $address ]] || ! kill -0 $pid 2>/dev/null; then break; fi
    sleep 0.5
  done
  if [[ -z $address ]] || ! wait_healthy "$address" kill -0 $pid; then status=1; fi
  kill -TERM $pid 2>/dev/null || true
  wait $pid || status=1
  [[ $status -eq 0 ]] || tail -n 20 "$out.log" >&2
  rm -f "$out" "$out.log"
  return $status
}

stop_service() {
  ! systemd_runs || ! ctl is-active --quiet pret || run ctl stop pret
}

# Also where systemd does not run now but will at the next boot.
enable() {
  [[ $service == yes ]] && command -v systemctl >/dev/null || return 0
  ctl enable --quiet pret || say "the service could not be enabled"
}

# --- A new installation -------------------------------------------------------------------------

install_new() {
  make_user
  make_folders
  make_config
  run install -m 755 "$binary" "$pret"
  make_pretctl
  make_unit
  make_help
  [[ $dry == no ]] || return 0
  "${as_owner[@]}" env "PRET_CONFIG=$config" "$pret" migrate >/dev/null
  start_and_check || fail "it was installed and does not become healthy: $(where_to_look)"
  enable
  say "installed: $("$pret" --version)"
  tell
}

where_to_look() {
  if systemd_runs; then say "see \`journalctl -u pret\`"; else say "see above, and \`$pretctl doctor\`"; fi
}

tell() {
  if systemd_runs; then
    say "serving:   http://$(setting listen)/docs"
  elif [[ $service == yes ]]; then
    say "systemd does not run here; it will start the service at the next boot. Until then:"
    say "           $pretctl serve"
  else
    say "to serve:  $pretctl serve"
  fi
  say "settings:  $config"
  say "data:      $data"
  say "commands:  $pretctl --help"
  local token
  token=$(setting database).bootstrap-token
  [[ ! -e $token ]] || say "first organization: \`$pretctl org create --help\`, or POST /auth/register with the token in $token"
}

# --- An upgrade ---------------------------------------------------------------------------------

upgrade() {
  local old new
  old=$("$pret" --version)
  if [[ $dry == yes ]]; then
    say "upgrading: $old"
    say "would stop the service, back the database up, migrate, start, and go back if that fails"
    return
  fi
  new=$("$binary" --version) || fail "the new binary does not run here"
  say "upgrading: $old to $new"
  make_folders
  install -m 755 "$binary" "$pret.new"
  database=$(setting database)
  [[ $database == /* ]] || fail "database in $config must be an absolute path"
  backup=''
  trap 'go_back "it was interrupted"' INT TERM HUP
  stop_service
  server_is_gone || { rm -f "$pret.new"; fail "a server runs on $database that this script did not start: stop it first"; }
  back_up || { rm -f "$pret.new"; start_and_check; fail "the backup failed, so nothing was changed"; }
  cp -p "$pret" "$pret.old"
  [[ ! -e $unit ]] || cp -p "$unit" "$unit.old"
  mv -f "$pret.new" "$pret"
  make_unit
  "${as_owner[@]}" env "PRET_CONFIG=$config" "$pret" migrate >/dev/null || go_back "its migration failed"
  start_and_check || go_back "it did not become healthy"
  trap - INT TERM HUP
  make_pretctl
  make_help
  rm -f "$pret.old" "$unit.old"
  drop_old_backups
  enable
  say "upgraded:  $new"
  [[ -z $backup ]] || say "backup:    $backup"
  tell
}

# The lock that a server holds on its database.
server_is_gone() {
  [[ ! -e $database.lock ]] || flock --nonblock "$database.lock" true
}

back_up() {
  [[ -e $database ]] || return 0
  backup=$data/backups/before-upgrade-$(date -u +%Y%m%dT%H%M%S.%3NZ).db
  # The old version knows its own schema. One that can't do backups has stopped cleanly, or nothing
  # is copied: with a log beside it the file alone is not the whole.
  if "$pret" backup --help &>/dev/null; then
    "${as_owner[@]}" env "PRET_CONFIG=$config" "$pret" backup "$backup" >/dev/null
  else
    [[ ! -e $database-wal ]] && "${as_owner[@]}" cp "$database" "$backup" && chmod 600 "$backup"
  fi
}

# The five newest of ours stay.
drop_old_backups() {
  find "$data/backups" -maxdepth 1 -name 'before-upgrade-*.db' | sort -r | tail -n +6 |
    while read -r file; do rm -f "$file"; done
}

# go_back WHY: the old program on the old data, and an end with a failure.
go_back() {
  trap - INT TERM HUP
  say "the new version is taken back: $1" >&2
  stop_service
  mv -f "$pret.old" "$pret"
  [[ ! -e $unit.old ]] || mv -f "$unit.old" "$unit"
  ! systemd_runs || ctl daemon-reload
  [[ -z $backup ]] || put_back
  if start_and_check; then
    fail "the old version serves again, on the data from before. What the new one made of it: ${kept:-nothing}"
  fi
  fail "the old version does not become healthy either: $(where_to_look). The data from before: ${backup:-none}"
}

put_back() {
  local suffix
  kept=$database.failed-$(date -u +%Y%m%dT%H%M%SZ)
  cp -p "$backup" "$database.part"
  # The log belongs to the database it was written for.
  for suffix in -wal -shm; do
    [[ ! -e $database$suffix ]] || mv -f "$database$suffix" "$kept$suffix"
  done
  [[ ! -e $database ]] || mv -f "$database" "$kept"
  mv -f "$database.part" "$database"
}

# --- Taking it away -----------------------------------------------------------------------------

uninstall() {
  [[ -e $pret || -e $unit || -e $data || -e $etc ]] || fail "nothing of Prêt is installed at $bin"
  if [[ -e $unit ]] && grep -qF "ExecStart=$pret " "$unit"; then
    ! systemd_runs || run ctl disable --now --quiet pret
    run rm -f "$unit"
    ! systemd_runs || run ctl daemon-reload
  fi
  run rm -f "$pret" "$pretctl" "$share/bash-completion/completions/pret"
  run find "$share/man/man1" -maxdepth 1 -name 'pret*.1' -delete 2>/dev/null || true
  if [[ $purge == yes ]]; then
    run rm -rf "$data" "$etc"
    if [[ $root == yes && $service == yes ]] && id pret &>/dev/null; then run userdel pret; fi
    say "taken away, with data and settings"
  else
    say "taken away. Data ($data) and settings ($etc) stay; --purge takes them too"
  fi
}

if [[ $mode == uninstall ]]; then
  uninstall
else
  find_binary
  if [[ -e $pret ]]; then upgrade; else install_new; fi
fi
