//! The week, a day at a time: who does what when. Behind `=>` stands the code of a refusal, which
//! must change nothing. Lines without anybody doing anything say what a reader should find.

/// Day by day. `$night` is what it costs to come back at 03:10 in the night in which clocks change,
/// due at 01:50.
pub const WEEK: [&str; 8] =
    [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY_AFTER];

const MONDAY: &str = "
    Mon 08:40 Cleo books film CAM-1+TRI-1+TRI-2 Mon 10:00 to Wed 17:00
    Mon 08:41 Cleo approves film => forbidden
    Mon 08:41 Bo approves film
    Mon 08:42 Dunja books podcast MIC-1+MIC-2 Mon 09:30 to Tue 12:00
    Mon 08:43 Bo approves podcast
    Mon 08:43 Bo rejects podcast => invalid_transition
    Mon 08:44 Emil books aerial DRO-1 Tue 09:00 to Tue 12:00
    Mon 08:45 Bo approves aerial
    Mon 08:46 Femi books survey DRO-1 Tue 12:30 to Tue 15:00 => unit_unavailable
    Mon 08:47 Femi books survey DRO-1 Tue 13:00 to Tue 15:00
    Mon 08:48 Bo approves survey
    Mon 08:50 Gina books forgotten LAP-1 Mon 11:00 to Tue 11:00
    Mon 08:51 Hugo books noshow LAP-2 Mon 09:00 to Mon 18:00
    Mon 08:52 Ines approves noshow
    Mon 08:53 Ines books lecture PRO-1 Mon 09:00 to Fri 18:00
    Mon 08:53 lecture is APPROVED
    Mon 08:54 Bo books lesson 2*light Tue 08:00 to Tue 10:00 for Gina
    Mon 08:54 lesson is PENDING
    Mon 08:55 Bo approves lesson
    Mon 08:56 Gina drafts essay LAP-1 Thu 09:00 to Fri 09:00
    Mon 08:57 Hugo submits essay => not_found
    Mon 09:05 Bo hands out lecture
    Mon 09:06 Bo hands out lecture => invalid_transition
    Mon 09:10 Bo hands out podcast with MIC-1
    Mon 09:11 Dunja hands out podcast => forbidden
    Mon 09:11 Bo hands out podcast with CAM-1 => validation_failed
    Mon 10:02 Bo hands out film with CAM-2
    Mon 10:02 film has CAM-2+TRI-1+TRI-2
    Mon 10:03 Emil books spare CAM-2 Mon 12:00 to Mon 14:00 => unit_unavailable
    Mon 10:04 Emil books spare CAM-1 Mon 12:00 to Mon 14:00
    Mon 10:05 Bo hands out film
    Mon 10:06 Cleo cancels spare => not_found
    Mon 10:06 Emil cancels spare
    Mon 10:59 Femi books walk LAP-2 Mon 11:10 to Mon 16:00 => unit_unavailable
    Mon 11:00 forgotten is EXPIRED
    Mon 11:00 noshow is EXPIRED
    Mon 11:00 Femi books walk LAP-2 Mon 11:10 to Mon 16:00
    Mon 11:01 Bo hands out walk => invalid_transition
    Mon 11:01 Bo approves walk
    Mon 11:05 Bo hands out walk
    Mon 11:29 Hugo books song MIC-2 Mon 12:00 to Mon 20:00 => unit_unavailable
    Mon 11:31 Hugo books song MIC-2 Mon 12:00 to Mon 20:00
    Mon 11:31 podcast is CHECKED_OUT
    Mon 11:32 Bo approves song
    Mon 12:00 Bo hands out song
    Mon 15:40 Femi takes back walk => forbidden
    Mon 15:40 Bo takes back walk
    Mon 15:41 Bo takes back walk => invalid_transition
    Mon 20:20 Bo takes back song
    Mon 20:20 Hugo owes 0
";

const TUESDAY: &str = "
    Tue 08:05 Bo hands out lesson
    Tue 08:50 Bo hands out aerial
    Tue 09:10 Cleo joins show PRO-1 Wed 10:00 to Wed 16:00
    Tue 09:11 Dunja joins talk PRO-1 Wed 09:00 to Thu 12:00
    Tue 09:12 Emil joins easy CAM-3 Wed 09:00 to Wed 10:00 => available_now
    Tue 09:59 Bo takes back lesson
    Tue 12:00 survey is safe
    Tue 12:01 survey is at risk
    Tue 12:05 Emil extends aerial to Tue 12:30 => invalid_transition
    Tue 12:06 Gina books flight DRO-1 Tue 19:00 to Tue 21:00 => unit_unavailable
    Tue 12:07 Hugo books map DRO-1 Thu 08:00 to Thu 12:00
    Tue 12:08 Hugo moves map to Thu 09:00 to Thu 12:00
    Tue 12:09 Gina moves map to Thu 10:00 to Thu 12:00 => not_found
    Tue 12:31 Bo takes back podcast
    Tue 12:31 Dunja owes 150
    Tue 12:40 Bo takes back aerial
    Tue 12:40 Emil owes 150
    Tue 12:40 survey is safe
    Tue 12:50 Bo hands out survey
    Tue 14:00 Femi extends survey to Tue 17:00
    Tue 14:05 Gina books flight DRO-1 Tue 19:00 to Tue 21:00
    Tue 14:06 Bo approves flight
    Tue 14:07 Bo approves map
    Tue 14:08 Hugo moves map to Thu 10:00 to Thu 12:00 => invalid_transition
    Tue 14:10 Femi extends survey to Tue 18:30 => unit_unavailable
    Tue 15:00 Bo takes back lecture
    Tue 15:00 show waits as OFFERED
    Tue 15:10 Dunja accepts talk => invalid_transition
    Tue 15:11 Dunja accepts show => not_found
    Tue 15:11 Bo accepts show => forbidden
    Tue 15:12 Bo books easy PRO-1 Wed 15:00 to Wed 17:00 => unit_unavailable
    Tue 15:20 Cleo accepts show
    Tue 15:20 show is PENDING
    Tue 15:25 Bo approves show
    Tue 15:30 Bo takes 100 for late-podcast-1
    Tue 15:31 Bo takes 51 for late-podcast-1 => exceeds_open_amount
    Tue 15:32 Dunja pays 50 of late-podcast-1 => forbidden
    Tue 15:33 Bo takes 50 for late-podcast-1
    Tue 15:34 Bo takes 1 for late-podcast-1 => exceeds_open_amount
    Tue 16:30 Bo takes back survey with DRO-1:WORN
    Tue 17:00 Hugo books reel CAM-2 Thu 09:00 to Thu 12:00
    Tue 17:01 Femi books doc CAM-2 Thu 13:00 to Fri 12:00
    Tue 17:02 Gina books clip CAM-1 Thu 12:30 to Fri 18:00
    Tue 17:03 Dunja books arte CAM-3 Wed 09:00 to Fri 18:00
    Tue 17:04 Bo approves reel
    Tue 17:04 Bo approves doc
    Tue 17:04 Bo approves clip
    Tue 17:04 Bo approves arte
    Tue 19:00 Bo hands out flight
    Tue 21:10 Bo takes back flight with DRO-1:DAMAGED:withdrawn
    Tue 21:10 Gina owes 0
    Tue 21:10 DRO-1 stands as MAINTENANCE
    Tue 21:10 map is at risk
    Tue 21:12 Gina fines Gina 1 for OTHER as nothing => forbidden
    Tue 21:12 Bo fines Gina 2500 for DAMAGE as crack of flight
    Tue 21:13 Gina books more LIG-1 Fri 09:00 to Fri 10:00 => policy_violation
";

const WEDNESDAY: &str = "
    Wed 08:50 Bo hands out arte
    Wed 08:59 talk waits as WAITING
    Wed 09:00 talk waits as EXPIRED
    Wed 09:01 Bo takes 499 for crack
    Wed 09:02 Gina books more LIG-1 Fri 09:00 to Fri 10:00 => policy_violation
    Wed 09:03 Ada takes 1 for crack
    Wed 09:04 Bo takes 2001 for crack => exceeds_open_amount
    Wed 09:05 Gina books more LIG-1 Fri 09:00 to Fri 10:00
    Wed 09:10 Gina submits essay
    Wed 09:11 Bo approves essay
    Wed 09:20 Bo sets CAM-3 to RETIRED => in_use
    Wed 09:30 Bo plans check LIG-1 Thu 09:00 to Thu 18:00
    Wed 09:30 Bo plans again LIG-1 Fri 08:00 to Fri 09:30 => unit_unavailable
    Wed 09:31 Emil books glow LIG-1 Thu 10:00 to Thu 12:00 => unit_unavailable
    Wed 09:32 Emil joins glow LIG-1 Thu 10:00 to Thu 12:00
    Wed 09:55 Bo hands out show
    Wed 10:00 Hugo books beam PRO-1 Fri 09:00 to Fri 17:00
    Wed 10:01 Bo approves beam
    Wed 10:02 Emil joins pitch PRO-1 Fri 10:00 to Fri 12:00
    Wed 10:03 Ines joins seminar PRO-1 Fri 11:00 to Fri 14:00
    Wed 10:04 Femi joins crew PRO-1+CAM-3 Fri 08:00 to Fri 10:00
    Wed 12:00 Hugo cancels beam
    Wed 12:00 seminar waits as OFFERED
    Wed 12:00 pitch waits as WAITING
    Wed 12:00 crew waits as WAITING
    Wed 12:05 Ines accepts seminar
    Wed 12:05 seminar is APPROVED
    Wed 12:06 Emil accepts pitch => invalid_transition
    Wed 12:07 Emil leaves pitch
    Wed 13:00 Emil unplans check => forbidden
    Wed 13:00 Bo unplans check
    Wed 13:59 glow waits as OFFERED
    Wed 14:00 glow waits as EXPIRED
    Wed 14:00 Emil accepts glow => offer_expired
    Wed 15:50 Bo takes back show
    Wed 16:00 Bo sets DRO-1 to AVAILABLE
    Wed 16:00 map is safe
    Wed 16:30 Hugo books choir MIC-2 Thu 14:00 to Thu 18:00
    Wed 16:31 Bo approves choir
    Wed 16:35 Bo withdraws MIC-2 as LOST
    Wed 16:35 choir has MIC-1
    Wed 16:36 Bo keeps 45 minutes behind mic
    Wed 16:37 Femi books tune MIC-1 Thu 18:00 to Thu 19:00
    Wed 16:38 Bo approves tune
    Wed 16:39 Emil books echo MIC-1 Thu 19:30 to Thu 20:00 => unit_unavailable
    Wed 16:50 Bo takes back film with TRI-1+TRI-2
    Wed 17:00 reel has CAM-2
    Wed 17:01 reel has CAM-1
    Wed 17:01 doc is at risk
    Wed 17:02 Gina books gap CAM-2 Thu 12:00 to Thu 13:00 => unit_unavailable
    Wed 17:03 Emil books night CAM-2 Sat 18:00 to Sun 01:50
    Wed 17:04 Bo approves night
";

const THURSDAY: &str = "
    Thu 08:55 Bo hands out reel
    Thu 09:00 doc is at risk
    Thu 09:05 Bo takes back film
    Thu 09:05 Cleo owes 300
    Thu 09:05 doc is safe
    Thu 09:06 Bo hands out map
    Thu 09:10 Bo withdraws LAP-1 as LOST
    Thu 09:10 essay has LAP-2
    Thu 09:11 Bo hands out essay with LAP-1 => not_bookable
    Thu 09:12 Bo hands out essay
    Thu 10:00 Emil books hill DRO-1 Sun 09:00 to Sun 11:00
    Thu 10:01 Bo approves hill
    Thu 12:00 Bo takes back map
    Thu 12:00 Bo takes back reel
    Thu 12:00 Hugo owes 0
    Thu 12:35 Bo hands out clip
    Thu 13:00 Bo hands out doc with CAM-1 => unit_unavailable
    Thu 13:00 Bo hands out doc
    Thu 14:00 Bo hands out choir
    Thu 17:55 Bo takes back choir
    Thu 18:00 Bo hands out tune
    Thu 18:10 Emil books duet MIC-1 Thu 20:00 to Thu 21:00
    Thu 18:11 Gina joins solo MIC-1 Thu 20:00 to Thu 21:00
    Thu 18:30 Emil cancels duet
    Thu 18:30 solo waits as OFFERED
    Thu 19:01 solo waits as WAITING
    Thu 19:10 Bo takes back tune with MIC-1:GOOD
    Thu 19:11 Bo takes back tune with MIC-1:GOOD => invalid_transition
    Thu 19:11 solo waits as OFFERED
    Thu 20:00 solo waits as EXPIRED
";

const FRIDAY: &str = "
    Fri 08:00 crew waits as EXPIRED
    Fri 09:00 more is EXPIRED
    Fri 09:00 Bo takes back essay with LAP-2:LOST
    Fri 09:00 LAP-2 stands as LOST
    Fri 09:01 Bo fines Gina 80000 for LOSS as laptop of essay
    Fri 09:02 Bo takes 30000 for laptop
    Fri 09:03 Gina waives laptop => forbidden
    Fri 09:03 Gina owes 52000
    Fri 09:04 Ada waives laptop
    Fri 09:05 Bo takes 1 for laptop => invalid_transition
    Fri 09:06 Bo waives laptop => invalid_transition
    Fri 09:06 Gina owes 2000
    Fri 10:55 Bo hands out seminar
    Fri 11:00 Femi books party 4*tripod Fri 20:00 to Sat 08:00
    Fri 11:05 Ines rejects party
    Fri 11:06 Ines approves party => invalid_transition
    Fri 11:50 Bo takes back doc
    Fri 12:00 Bo fines Ines 500 for OTHER as keys
    Fri 12:01 Ines takes 500 for keys => forbidden
    Fri 12:02 Ines waives keys => forbidden
    Fri 12:03 Bo takes 500 for keys
    Fri 13:50 Bo takes back seminar
    Fri 14:00 Bo takes 150 for late-aerial-1
    Fri 14:01 Hugo books dusk TRI-1 Sat 12:00 to Sat 23:30
    Fri 14:02 Dunja books dawn CAM-3 Sat 08:00 to Sat 12:00
    Fri 14:03 Femi books gig LIG-1 Sat 20:00 to Sun 00:00
    Fri 14:04 Gina books drift DRO-1 Fri 15:00 to Fri 17:00
    Fri 14:05 Cleo books trip TRI-2 Sat 10:00 to Mon+ 10:00
    Fri 14:06 Hugo books quick MIC-1+LIG-2 Sat 09:00 to Sat 10:00
    Fri 14:07 Femi books vigil TRI-4 Fri 20:00 to Fri 23:40
    Fri 14:10 Bo approves dusk
    Fri 14:10 Bo approves dawn
    Fri 14:10 Bo approves gig
    Fri 14:10 Bo approves drift
    Fri 14:10 Bo approves trip
    Fri 14:10 Bo approves quick
    Fri 14:10 Bo approves vigil
    Fri 15:00 Bo hands out drift
    Fri 17:45 Bo takes back clip
    Fri 17:55 Bo takes back arte
    Fri 17:55 Dunja owes 0
    Fri 20:00 Bo hands out vigil
";

const SATURDAY: &str = "
    Sat 00:20 Bo takes back vigil
    Sat 00:20 Femi owes 300
    Sat 07:00 Bo takes 300 for late-vigil-1
    Sat 08:00 Bo hands out dawn
    Sat 09:00 Bo hands out quick with MIC-1
    Sat 10:05 quick is CHECKED_OUT
    Sat 10:06 Bo hands out trip
    Sat 10:20 Bo takes back quick
    Sat 10:20 quick is RETURNED
    Sat 10:20 Hugo owes 0
    Sat 10:30 Hugo joins wish TRI-2 Mon+ 09:00 to Mon+ 12:00
    Sat 10:31 Emil joins hope TRI-2 Sun 10:00 to Sun 12:00
    Sat 11:55 Bo hands out dusk
    Sat 12:30 hill is at risk
    Sat 18:00 Bo hands out night
    Sat 20:00 Bo hands out gig
";

const SUNDAY: &str = "
    Sun 00:30 Bo takes back gig
    Sun 00:30 Femi owes 0
    Sun 03:10 Bo takes back night
    Sun 03:10 Emil owes $night
    Sun 03:20 Bo takes back dusk
    Sun 03:20 Hugo owes 300
    Sun 08:00 Cleo extends trip to Mon+ 11:00 => unit_unavailable
    Sun 08:01 Bo extends trip to Mon+ 10:30
    Sun 10:00 hope waits as EXPIRED
    Sun 11:00 hill is EXPIRED
    Sun 11:00 hill is safe
    Sun 12:00 Bo takes 100 for late-dusk-1
    Sun 12:01 Ada waives late-dusk-1
    Sun 12:01 Hugo owes 0
";

const MONDAY_AFTER: &str = "
    Mon+ 00:00 Bo takes back dawn
    Mon+ 00:00 Dunja owes 300
    Mon+ 09:00 wish waits as EXPIRED
    Mon+ 09:00 Bo takes back drift
    Mon+ 09:00 Gina owes 2400
    Mon+ 09:05 Gina books final TRI-3 Mon+ 12:00 to Mon+ 13:00 => policy_violation
    Mon+ 09:06 Bo takes 400 for late-drift-1
    Mon+ 09:07 Gina books final TRI-3 Mon+ 12:00 to Mon+ 13:00
    Mon+ 09:31 Bo takes 200 for late-film-1
    Mon+ 10:55 Bo takes back trip
    Mon+ 10:55 Cleo owes 100
    Mon+ 11:00 Bo takes 150 for late-dawn-1
    Mon+ 11:01 Bo takes 150 for late-dawn-1
    Mon+ 11:01 Dunja owes 0
    Mon+ 12:00 final is EXPIRED
";
