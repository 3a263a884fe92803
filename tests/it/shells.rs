//! What shells and `man` make of what is printed for them. Where one is not installed, that is said.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::support::{none, pret, say};

/// Runs a program on a file; answers what it complained about, or says that it is not there.
fn complaints(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let ran = Command::new(program).args(arguments).arg(file).env("MANWIDTH", "80").output();
    let output = match ran {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            say(&format!("{program} is not installed: NOT TRIED"));
            return None;
        }
        ran => ran.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() || !said.is_empty(), "{program} failed without a word");
    Some(said)
}

#[test]
fn completions_are_read_by_their_shell() {
    let folder = tempdir().unwrap();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let script = pret(folder.path(), &["completions", shell], "").ok();
        for word in ["rotate", "export", "doctor", "with-passwords"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
        let file = folder.path().join(shell);
        std::fs::write(&file, script).unwrap();
        assert_eq!(complaints(shell, &[check], &file).unwrap_or_default(), "", "{shell}");
    }
    assert!(pret(folder.path(), &["completions", "tcsh"], "").refused().contains("fish"));
}

#[test]
fn bash_completes_a_word() {
    let folder = tempdir().unwrap();
    let script = folder.path().join("pret");
    std::fs::write(&script, pret(folder.path(), &["completions", "bash"], "").ok()).unwrap();
    let ask = "source \"$0\"; COMP_WORDS=(pret key r); COMP_CWORD=2; _pret pret r key; \
               echo \"${COMPREPLY[@]}\"";
    let ran = Command::new("bash").args(["-c", ask]).arg(&script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "rotate", "{ran:?}");
}

#[test]
fn there_is_a_page_for_every_command_and_it_renders_without_a_warning() {
    let folder = tempdir().unwrap();
    pret(folder.path(), &["man", "--out", "pages"], "").ok();
    let pages: Vec<_> = std::fs::read_dir(folder.path().join("pages"))
        .unwrap()
        .map(|page| page.unwrap().path())
        .collect();
    for page in ["pret.1", "pret-key-rotate.1", "pret-org-import.1", "pret-doctor.1"] {
        assert!(pages.iter().any(|path| path.ends_with(page)), "{page} is missing");
    }
    let arguments = ["--warnings", "-E", "UTF-8", "-Tutf8", "-l"];
    none(pages.iter().filter_map(|page| {
        let said = complaints("man", &arguments, page)?;
        (!said.is_empty()).then(|| format!("{}: {said}", page.display()))
    }));
}

#[test]
fn a_page_is_printed_by_the_words_of_its_command() {
    let folder = tempdir().unwrap();
    let page = |words: &[&str]| pret(folder.path(), &[&["man"], words].concat(), "");
    assert!(page(&[]).ok().contains("pret\\-doctor"), "the main page names the others");
    let export = page(&["org", "export"]).ok();
    assert!(export.contains("with\\-passwords") && !export.contains("time zone"), "{export}");
    assert!(page(&["org", "explode"]).refused().contains("explode"));
}
