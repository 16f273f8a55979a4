# The portal's words in English.

## Frame
tagline = One door to work in Denpasar
skip = Skip to content
nav-label = Main menu
nav-feed = Home
nav-apps = Apps
nav-agenda = Agenda
nav-search = Search
nav-help = Help
nav-ops = Connectors
nav-me = My account: { $x }
sign-out = Sign out
other-language = Bahasa Indonesia
foot = Data stays with the app it came from; DIVOS only shows the way.
undo = Undo
more = Show more
yes = Yes
no = No
copy = Copy
copied = The address was copied.
htmx-failed = That did not work. Check your connection or reload this page, then try again.

## Time
when-today = today
when-tomorrow = tomorrow
when-yesterday = yesterday
when-now = just now
when-soon = in a moment
when-minutes-ago = { $n ->
    [one] 1 minute ago
   *[other] { $n-said } minutes ago
 }
when-in-minutes = { $n ->
    [one] in 1 minute
   *[other] in { $n-said } minutes
 }
when-hours-ago = { $n ->
    [one] 1 hour ago
   *[other] { $n-said } hours ago
 }
when-in-hours = { $n ->
    [one] in 1 hour
   *[other] in { $n-said } hours
 }
span-seconds = { $n ->
    [one] 1 second
   *[other] { $n-said } seconds
 }
span-minutes = { $n ->
    [one] 1 minute
   *[other] { $n-said } minutes
 }
span-hours = { $n ->
    [one] 1 hour
   *[other] { $n-said } hours
 }
span-days = { $n ->
    [one] 1 day
   *[other] { $n-said } days
 }
due-late-days = { $n ->
    [one] 1 day late
   *[other] { $n-said } days late
 }
due-late = Late, was due { $x }
due-at = Due { $x }
greet-morning = Good morning, { $x }
greet-noon = Good day, { $x }
greet-afternoon = Good afternoon, { $x }
greet-evening = Good evening, { $x }

## Sign-in
login-title = Sign in
login-lead = Sign in once here and all your apps open without another password.
login-name = NIP or e-mail
login-name-hint = The NIP has 18 digits; spaces are fine.
login-password = Password
login-go = Sign in
login-help = Cannot sign in?
login-wrong = The NIP, e-mail or password does not match. Check it again, capitals included.
login-empty = Fill in your NIP or e-mail and your password.
login-throttled = Too many attempts. Wait { $x }, then try again.
login-disabled = This account is disabled. Ask the staff administrator of your unit.
login-form-expired = This form has expired. Please sign in once more.
login-unavailable = DIVOS cannot check your account right now. The fault is ours; try again in a moment.

## Home
feed-title = Home
feed-list = Work and news
feed-chips = What to show
feed-as-of = As of { $x }.
feed-from-start = To the start of the list
chip-all = All
chip-unread = Unread
chip-pinned = Pinned
chip-snoozed = Snoozed
chip-done = Done
filter-title = Filter and search
filter-set = { $n ->
    [one] 1 filter set
   *[other] { $n-said } filters set
 }
filter-q = Words or letter number
filter-kind = Kind
filter-app = App
filter-state = State
filter-any-kind = Every kind
filter-any-app = Every app
filter-any-state = Every state
filter-unread = Only unread
filter-show = Show
filter-clear = Clear filters
live-one = 1 new item – show
live-many = # new items – show
stale-apps = { $n ->
    [one] 1 app has not sent its latest data
   *[other] { $n-said } apps have not sent their latest data
 }
stale-last = Last read { $x }.
stale-never = Never read so far.
empty-feed = Nothing is waiting for you
empty-feed-why = New items from your apps will appear here by themselves.
empty-feed-apps = Open the list of apps
empty-filter = Nothing matches
empty-filter-why = Try fewer filters or other words.

## Card
card-new = New
card-pinned = Pinned
card-restricted = Restricted
card-priority = Priority { $x }
card-snoozed = Snoozed until { $x }
card-starts = Starts { $x }
act-done = Done
act-undone = Not done
act-pin = Pin
act-unpin = Unpin
act-snooze = Snooze
act-wake = Show again
act-unread = Mark unread
did-done = Marked done.
did-undone = Put back on the list.
did-pin = Pinned to the top.
did-unpin = Unpinned.
did-snooze = Snoozed. The item comes back in time.
did-wake = Shown again.
did-unread = Marked unread.
did-signed-out = You have signed out. Close the browser if this computer is shared.
did-session = That session has ended.
did-token = That address was revoked and no longer works.
did-run = The run was queued.
did-full = Too many sources are waiting. Try again in a moment.
did-running = This source is being read right now.

## Item
item-back = Back
item-open = Open in { $x }
item-no-address = This app has no address yet that can be opened from here.
item-gone = This item is gone at its source: { $x }.
item-summary = Summary
item-details = Details
item-times = Times
item-people = People
item-files = Attachments
item-actions = What you can do in the app
item-related = Related
item-also = The same thing in { $x }
item-masked = Some personal data is masked, since this item is not your unit’s.
item-source = Where this comes from
time-starts = Starts
time-ends = Ends
time-due = Due
time-created = Created
time-updated = Last changed
time-expires = Valid until
time-note-date = The source gives only the date, not the hour.
time-note-guessed = The source gives no time zone; we took it as WITA.
source-app = App
source-native = Number at the source
source-fetched = Fetched
source-method = Way
source-poll = DIVOS read the app
source-push = The app told DIVOS
source-connector = Connector
source-confidence = Confidence of the mapping
source-sensitivity = Sensitivity
source-personal = Personal data
source-audience = Meant for
source-unit = Unit code
source-id = Number in DIVOS
source-hash = Content hash
audience-everyone = all civil servants
audience-under = unit { $x } and below
audience-unit = unit { $x }
audience-persons = { $n ->
    [one] 1 person
   *[other] { $n-said } persons
 }
audience-posts = { $n ->
    [one] 1 post
   *[other] { $n-said } posts
 }
audience-role = role { $x }
relation-reply = A reply to this item
relation-part = A part of this item
relation-duplicate = The same item in another app
relation-replaces = The item it replaces
relation-other = A related item
actor-author = Author
actor-signer = Signer
actor-reporter = Reporter
actor-assignee = Assignee
actor-sender = Sender
actor-recipient = Recipient
actor-verifier = Verifier
actor-organizer = Organiser
actor-owner = Owner

## The body of each kind
field-abstract_url = Abstract
field-ack_required = Needs acknowledgement
field-active = Years in active use
field-activity = Activity
field-actual = Actual
field-applicant = Applicant
field-approvers = Who decides
field-assignees = Assigned to
field-at = When
field-attendees = Invited
field-author = Author
field-regulation-author = Corporate author
field-call_number = Call number
field-category = Category
field-cc = Copy to
field-checklist = Steps
field-classification = Classification code
field-date = Date
field-decision = Decision
field-direction = Direction
field-dispositions = Dispositions
field-distributions = Data files
field-doc_type = Type of document
field-done = Done
field-due = Due
field-evidence = Evidence
field-fate = What happens then
field-field = Field of law
field-file_url = Full text
field-from = From
field-in = In
field-inactive = Years in inactive store
field-indicators = Indicators
field-instruction = Instruction
field-isbn = ISBN
field-label = Step
field-language = Language
field-license = Licence
field-location = Location
field-mime = Type
field-mode = Place of work
field-name = Name
field-note = Note
field-number = Number
field-online_url = Online address
field-organizer = Organiser
field-origin = Origin
field-out = Out
field-percent = Progress
field-period = Period
field-periodicity = Updated
field-person = Person
field-physical = Physical description
field-pinned = Pinned at the source
field-place = Place
field-regulation-place = Place of publication
field-predicate = Verdict
field-promulgated = Promulgated
field-publisher = Publisher
field-read_at = Read
field-reason = Reason
field-register = Accession number
field-reporter = Reporter
field-requirements = Requirements
field-result = Result
field-retention = Retention
field-sdi = Satu Data Indonesia
field-service = Service
field-signed = Electronically signed
field-signers = Signers
field-sla = Service promise
field-source = Source
field-state = State
field-status = Status
field-step = Step
field-subject = Subject
field-regulation-subject = Subject heading
field-target = Target
field-text = Text
field-thread = Conversation
field-to = To
field-type = Type
field-type_short = Type in short
field-tz = Time zone
field-unit = Unit
field-url = Address
field-variables = Variables
field-version = Version
field-year = Year
value-direction-incoming = Incoming
value-direction-outgoing = Outgoing
value-direction-internal = Internal
value-decision-approved = Approved
value-decision-rejected = Rejected
value-type-complaint = Complaint
value-type-suggestion = Suggestion
value-type-information = Request for information
value-type-help = Help
value-mode-office = At the office
value-mode-home = At home
value-mode-field = In the field

## Apps
apps-title = Apps
apps-lead = Open any app without signing in again.
apps-search = Find an app or agency
apps-none = No apps yet
apps-none-why = The operator has not connected any app for you.
apps-none-q = No app matches
apps-none-q-why = Try another name, or the name of its agency.
apps-linked = { $n ->
    [one] 1 app ready to open
   *[other] { $n-said } apps ready to open
 }
apps-unlinked = { $n ->
    [one] 1 app not connected yet
   *[other] { $n-said } apps not connected yet
 }
apps-unlinked-why = These apps are registered, but the operator has not given their address.
app-open = Open
app-open-only = Can be opened
app-unlinked = Not connected
app-read = Data read { $x }
app-unread = { $n-said } unread

## What apps are for
capability-archive = Archives
capability-audit = Audit
capability-booking = Booking and agenda
capability-budget = Budget
capability-civil-registry = Civil registry
capability-complaint = Complaints
capability-data = Data
capability-docstore = Documents
capability-emergency = Emergency
capability-environment = Environment
capability-finance = Finance
capability-gis = Maps
capability-health = Health
capability-helpdesk = Help desk
capability-housing = Housing
capability-jobs = Jobs
capability-legal = Legal documents
capability-letter = Letters
capability-library = Library
capability-market = Markets and trade
capability-payroll = Payroll
capability-performance = Performance
capability-permit = Permits
capability-personnel = Personnel
capability-plan = Planning
capability-portal = News and information
capability-procurement = Procurement
capability-progress = Programme progress
capability-queue = Queues
capability-school = Schools
capability-social = Social affairs
capability-tax = Local tax
capability-ticket = Work tickets
capability-tourism = Tourism
capability-traffic = Transport
capability-utility = Utilities
capability-village = Villages

## Agenda
agenda-title = Agenda
agenda-lead = Your events and deadlines of the next 60 days.
agenda-calendar = Add it to your calendar
agenda-none = Nothing ahead
agenda-none-why = Events and deadlines from your apps will appear here.
agenda-all-day = all day
agenda-until = until { $x }
agenda-due = due { $x }
agenda-due-day = due that day

## Search
search-title = Search
search-q = What are you looking for?
search-hint = Type words, a letter number or the name of an activity. You only find what you may see.
search-go = Search
search-results = Results for “{ $x }”
search-none = Nothing found
search-none-why = Check the spelling, or try fewer words.

## Account
me-title = My account
me-posts = Posts held now
me-no-post = No post is on record for you. Ask the staff administrator if that is wrong.
me-posts-why = What you see in DIVOS follows from the posts you hold now.
me-until = until { $x }
assignment-definitif = definitive
assignment-plt = acting (Plt.)
assignment-plh = acting for days (Plh.)
assignment-pj = caretaker (Pj.)
me-feeds = Personal feed addresses
me-feeds-why = Put your agenda and news into a calendar or feed reader. Whoever holds the address can read it, so do not share it.
me-feeds-made = The addresses were made. Copy them now: for safety they are not shown again.
address-ics = Calendar (iCalendar)
address-atom = Atom feed
address-json = JSON Feed
token-label = Name of the new address
token-label-hint = For example: phone calendar.
token-make = Make an address
token-revoke = Revoke
token-unnamed = Unnamed
token-since = Made { $x }
token-used = last used { $x }
token-never-used = never used
me-sessions = Signed-in devices
me-device-unknown = Unknown device
me-this = This device
me-since = Signed in { $x }
me-seen = last active { $x }
me-end = End
me-end-all = Sign out on every device
me-language = Language
me-data = See my data
me-data-why = All that the hub keeps about you, why, how long, and how to download it.

## My data
data-title = My data
data-lead = This page shows what the hub keeps about you, what for, how long, and whom you ask for a correction (UU 27/2022, articles 6, 7 and 13). Only you can open it. It is never used to judge your performance.
data-download = Download all of it
data-download-why = One JSON file with everything on this page, and every item that names you and the whole log of events besides.
data-download-act = Download my data (JSON)
data-download-limit = One download at a time, at most five minutes. Every item is looked at, so the file may take a few seconds. A complete file ends with "complete": true; where that is missing, download it again.
data-why = What for
data-kept = Kept how long
data-held = What is kept now
data-none = Nothing is kept.
about-account = Account
about-account-what = Your name, NIP, e-mail address, employment status and roles.
about-account-why = So that the hub knows you when you sign in, and apps know who opens them.
about-account-kept = As long as you are in the staff list that the operator imports.
about-posts = Posts
about-posts-what = Posts and units, present and past, as far as the staff list holds them.
about-posts-why = What you may see and open follows the posts that you hold.
about-posts-kept = Until the next staff list replaces them.
about-sessions = Sessions and devices
about-sessions-what = In which browsers you are signed in, since when, and when you were last active. Each app that you open has a session of its own.
about-sessions-why = So that you need not sign in again for each app, and can end a device that you do not know.
about-sessions-kept = Until you sign out, at most { $x }.
about-tokens = Personal feed addresses
about-tokens-what = The addresses for calendars and feed readers that you made. The secret itself is not kept.
about-tokens-why = So that your programs can read the feed without a password.
about-tokens-kept = Until you revoke them.
about-marks = Your marks on items
about-marks-what = Which items you have seen, marked done, pinned, put off or muted.
about-marks-why = So that the feed shows what still needs you.
about-marks-kept = As long as the item is there, and 90 days after.
about-items = Items that name you
about-items-what = Items from apps that are for you in person, or that hold your NIP or e-mail address, as far as you may read them.
about-items-why = Their app sent them to be shown to those who may see them.
about-items-kept = As long as their app keeps them; see the list of apps below.
about-work = What you submitted
about-work-what = Registrations of apps, proposed changes of connectors, and credentials of apps that you made.
about-work-why = So that it is clear who proposed a change and who approved it.
about-work-kept = Registrations and proposals stay as evidence; credentials until they are revoked.
about-log = Log of events
about-log-what = When you signed in and out, made a feed address or changed something, and what operators did to your account.
about-log-why = So that misuse of an account is noticed and can be proved.
about-log-kept = Not deleted: each row seals the one before, so that none can be changed unseen.
data-name = Name
data-nip = NIP
data-email = E-mail
data-username = User name
data-status = Status
data-roles = Roles
data-roles-none = none
data-password = Password
data-password-set = set; only a safe hash of it is kept
data-password-none = none
data-since = Known since
data-id = Code in the hub
data-from = since { $x }
data-sessions-end = End sessions on the account page
data-tokens-revoke = Revoke addresses on the account page
data-token-ended = no longer valid
data-marks-seen = Seen
data-marks-done = Done
data-marks-pinned = Pinned
data-marks-snoozed = Put off
data-marks-muted = Muted
data-items-addressed = For you in person
data-items-more = Items that hold your NIP or e-mail address are looked for when you download. A name alone is not looked for, since others may have the same.
data-work-registrations = Registrations
data-work-proposals = Proposed changes
data-work-credentials = Credentials
data-log-more = These are the newest; the downloaded file has all of them.
data-by-self = by you
data-by-other = by staff
data-by-hub = by the hub
data-address = from { $x }
data-apps = Apps that may hold data about you
data-apps-why = The hub reads personal data from these apps. Items that you may not read in the hub are not in your file, since they may concern others; ask the unit that owns the app.
data-apps-none = There is no such app at present.
data-apps-owner = Owner: { $x }
data-not-here = What is not here
data-not-use = Use by person: the hub counts without noting who.
data-not-secret = Passwords and secrets: the hub keeps only hashes, which cannot be turned back.
data-not-language = Your choice of language: it is kept in your browser, not in the hub.
data-not-logs = Technical log lines: they hold your code, the time and the page's address; the operator sets how long they are kept.
data-not-backup = Backups: they hold the same as this page at the time they were made.
data-ask = Where something is wrong
data-ask-account = Name, NIP or posts: ask your unit's staff administrator to correct the staff list.
data-ask-app = What an item says: ask the unit that owns its app to correct it there; the hub follows at the next reading.
data-ask-contact = Anything else: { $x }.
data-ask-operator = Anything else: ask the operators of the hub.
data-ask-time = Requests for access and correction are answered within 72 hours.
event-sign_in-ok = Signed in
event-sign_in-failed = A sign-in failed
event-sign_in-disabled = A sign-in was tried while the account was closed
event-sign_out = Signed out
event-sign_out-everywhere = Signed out on every device
event-session-ended = A session was ended
event-token-created = A feed address or token was made
event-token-revoked = A feed address or token was revoked
event-person-added = The account was made
event-person-disabled = The account was closed
event-person-enabled = The account was opened again
event-password-reset = The password was replaced
event-push_credential-made = An app's credential was made
event-push_credential-revoked = An app's credential was revoked
event-connector-proposed = A change of a connector was proposed
event-connector-approved = A change of a connector was approved
event-connector-rejected = A change of a connector was rejected
event-connector-withdrawn = A change of a connector was withdrawn
event-connector-in_force = A change of a connector came into force
event-connector-rolled_back = A connector went back to an older version
event-own_data-shown = The page with my data was opened
event-own_data-sent = My data was downloaded

## Help
help-title = Help
help-ask = Do you still need help?
help-steps = First steps
help-step-1 = Sign in once with your NIP or e-mail. After that every app opens without another password.
help-step-2 = Look at Home. What is late or urgent is on top; what is new is marked “New”.
help-step-3 = Tap a title to read the details, then the “Open” button to do the work in its own app.
help-step-4 = Mark items “Done”, “Pin” or “Snooze” to keep your list tidy. All of it can be undone.
help-faq = Frequent questions
faq-password-q = I forgot my password. What now?
faq-password-a = Ask the staff administrator of your unit. Nobody can see the old password; the administrator can only set a new one.
faq-missing-q = Why does my letter or task not appear?
faq-missing-a = DIVOS shows items for the posts you hold now. Check them under My account. If they are wrong, ask the staff administrator.
faq-stale-q = What does “has not sent its latest data” mean?
faq-stale-a = The app cannot be read right now, or it is late. You see the last data that could be read; its time is always given.
faq-done-q = Does “Done” change anything in the app?
faq-done-a = No. The mark is for your own list. The work itself is finished in its own app.
faq-again-q = Why is an item that I read new again?
faq-again-a = Its content changed at the source, for example by a new disposition.
faq-phone-q = Can I use DIVOS on a phone?
faq-phone-a = Yes. Open the same address in the phone’s browser. The pages are light, also on a slow connection.
faq-calendar-q = How do I put the agenda into my phone’s calendar?
faq-calendar-a = Open My account, make a personal feed address and paste the calendar address as a subscribed calendar.
faq-shared-q = I use a shared computer. What should I know?
faq-shared-a = Press Sign out when you are done. If you forget, open My account on another device and end that session.
faq-privacy-q = Who sees what I read?
faq-privacy-a = No superior does. A person’s use of DIVOS never feeds their appraisal.

## Connectors
ops-title = Connectors
ops-all = { $n ->
    [one] 1 data source.
   *[other] { $n-said } data sources.
 }
ops-troubled = { $n ->
    [one] 1 needs attention.
   *[other] { $n-said } need attention.
 }
ops-only-trouble = Needs attention
ops-caption = The state of every data source
ops-none = No sources yet
ops-none-why = Put a connector into connectors.d and reload.
ops-no-trouble = All is well
ops-no-trouble-why = No source has a problem right now.
ops-app = App and source
ops-state = State
ops-last = Last run
ops-last-ok = Last success
ops-last-full = Last full pass
ops-next = Next run
ops-items = Items
ops-faults = Row faults
ops-freshness = Freshness
ops-breaker = Breaker
ops-do = Action
ops-run = Run now
ops-accept = Accept the new shape
ops-accept-why = If the data has really changed and the mapping still fits, accept the new shape; the source is then read again.
ops-sweep = Delete what is gone
ops-sweep-why = If these items really are gone from the app, let the next full pass delete them; the source is then read again.
ops-never = never
ops-running-now = running
ops-not-planned = not planned yet
ops-load = First load: { $rows } records so far, begun { $since }.
ops-load-of = First load: { $rows } of { $total } records so far, begun { $since }.
ops-load-ends = It should end { $x }.
ops-load-waits = It goes on where it stopped.
ops-load-bar = How far the first load is
ops-took = took { $x }
ops-fresh = Fresh
ops-stale = Late
ops-fresh-for = Promised to be at most { $x } old
ops-pushed = Pushed by the app; not judged by its age
ops-breaker-open = Open
ops-breaker-half = Trying
ops-breaker-closed = Closed
ops-since = since { $x }
ops-every = Read every
ops-failures = Failures in a row
ops-version = Connector version
ops-busy = Being read. This page updates itself.
ops-finished = The run has finished.
ops-refresh = Reload
ops-row-faults = Rows that could not become items
ops-row-caption = A sample of the last run; the rows’ own content is not kept.
ops-place-col = Place
ops-place = Row { $n-said }
ops-native = Native id
ops-field = Field
ops-message = Fault
ops-refused = The change of connector { $x } was refused; the old one goes on.
ops-reload-fault = The last change was refused
ops-reload-kept = The old definition goes on. Mend the following and reload:
op-state-running = Running
op-state-queued = Queued
op-state-failing = Failing
op-state-quarantined = In quarantine
op-state-never = Never read
op-state-notes = With notes
op-state-fine = Fine

## Errors
error-home = To the first page
error-request = Request number:
error-wait = Try again in { $x }.
error-some-app = This app
fault-hub = The fault is on the side of DIVOS, not yours.
fault-app = The fault is in the app, not yours. The rest of DIVOS still works.
fault-unlinked = The operator has to give the address of this app.
fault-none = No data was changed.
error-bad-request-title = The request cannot be read
error-bad-request-what = The address or form that was sent is incomplete or broken.
error-bad-request-do = Go back and try once more.
error-forbidden-title = You may not open this
error-forbidden-what = This page is for another post or role.
error-forbidden-do = If you do need it, ask the administrator of your unit.
error-form-title = The form is no longer valid
error-form-what = The form was open too long, or was sent from another page.
error-form-do = Go back, reload the page and send it once more.
error-not-found-title = Page not found
error-not-found-what = The page does not exist, was removed, or is not for you.
error-not-found-do = Check the address, or look for it from the first page.
error-method-title = This page is opened another way
error-method-what = The page does not take such a request.
error-method-do = Go to the first page and use the menu.
error-expired-title = This list has expired
error-expired-what = The rest of the list that you opened is too old, or your rights have changed.
error-expired-do = Open the list from its beginning.
error-too-large-title = What was sent is too large
error-too-large-what = The file or form is above the limit.
error-too-large-do = Send a smaller one.
error-too-many-title = Too many requests
error-too-many-what = Requests from your device came too fast.
error-too-many-do = Wait a moment before the next try.
error-hub-title = DIVOS has a problem
error-hub-what = Your request could not be finished.
error-hub-do = Try again in a moment. If it goes on, give the request number below to the help desk.
error-app-broken-title = { $x } gave a broken answer
error-app-broken-what = The app answered, but its answer cannot be read.
error-app-broken-do = Try again in a moment.
error-app-down-title = { $x } cannot be reached
error-app-down-what = The app does not answer at all.
error-app-down-do = Try again later. You can still read its last data on Home.
error-app-slow-title = { $x } took too long
error-app-slow-what = We waited, but the app did not finish its answer.
error-app-slow-do = Check in the app whether your work was saved before you repeat it.
error-app-unlinked-title = { $x } is not connected yet
error-app-unlinked-what = The app is registered, but has no address yet.
error-app-unlinked-do = Open another app from the list.
error-hub-busy-title = DIVOS is full
error-hub-busy-what = DIVOS is busy or being updated.
error-hub-busy-do = Try again in a moment.

## Editing connectors
edit-title = Edit connector { $x }
edit-about = You edit a copy; what is in force does not change until you save.
edit-about-new = There is no such connector yet. Fill it in, check it, then save.
edit-two-persons = On this hub changes wait for another operator's approval.
edit-history = History
edit-open = Open connector
edit-open-title = Open or make a connector
edit-open-id = Id of the connector
edit-open-hint = Lower case letters, digits and hyphens, for example surat-masuk. One that does not exist is made.
edit-waiting = Proposals that wait for a decision
edit-waiting-here = Other proposals that wait
edit-text = Definition (YAML)
edit-text-hint = Checked as you type, and kept as a draft.
edit-draft = Your draft was last kept { $x }.
edit-check = Check
edit-try = Try it on the app
edit-try-hint = A trial asks the app once with this text, for at most 30 seconds. Nothing is stored.
edit-discard = Discard draft
edit-findings = What was found
edit-good = No faults. This text can be saved.
edit-good-same = No faults, and nothing changes for the data.
edit-not-good = There are faults. The old one stays in force.
edit-lost = Because of this text connector { $x } could not be used any more.
edit-warning = Warning:
edit-line = Line { $n-said }
edit-column = column { $n-said }
edit-no-effects = Nothing changes for the data.
edit-effects = What it does to the data
edit-difference = Difference of the texts
edit-difference-before = Compared with the version before
edit-difference-proposal = Compared with the file when the proposal was written
edit-no-difference = No difference.
edit-diff-old = Old line
edit-diff-new = New line
edit-diff-text = Text
edit-diff-gone = Removed:
edit-diff-added = Added:
edit-diff-gap = Unchanged lines are not shown
edit-moved = The file changed since you began
edit-moved-why = Somebody else, or an edit of the file itself, changed it. What you typed is still below.
edit-moved-gone = The file was removed since you began. What you typed is still below.
edit-moved-theirs = What they changed
edit-moved-yours = What you changed
edit-moved-do = Take what you need of their changes into your text, then use your text; or discard your draft and begin with the present file.
edit-moved-mine = Use my text
edit-moved-discard = Discard my text
edit-save-title = Save
edit-reason = Reason
edit-reason-hint = Why is it changed? Needed; others read it in the history.
edit-save = Save and put in force
edit-propose = Propose
edit-remove = Remove connector
edit-remove-why = The app is neither read nor opened through the hub any more. Its history stays, so it can be brought back. Write the reason above.
edit-remove-yes = Yes, remove it
edit-trial = Trial
edit-trial-began = Begun { $x }.
edit-trial-why = Nothing is stored; what is restricted is blotted out.
edit-trial-other-text = The text changed since this trial. Try again to see what the present text gives.
edit-trial-runs = The app is being asked. This page updates itself.
edit-trial-over = The trial is over.
edit-trial-none = This definition reads no data.
edit-trial-reading = Being read
edit-trial-not-read = Not read yet
edit-trial-pages = { $n ->
    [one] { $n-said } page
   *[other] { $n-said } pages
}
edit-trial-items = { $n ->
    [one] { $n-said } item
   *[other] { $n-said } items
}
edit-trial-faults = { $n ->
    [one] { $n-said } faulty row
   *[other] { $n-said } faulty rows
}
edit-history-title = History of { $x }
edit-history-caption = What was in force, the newest first
edit-no-history = No history yet
edit-no-history-why = This connector was never in force.
edit-version = Version
edit-version-n = Version { $n-said }
edit-when = Since
edit-who = By
edit-why = Reason
edit-note = Note
edit-note-hint = Needed to reject; whoever proposed reads it.
edit-nobody = Changed in the file itself
edit-by-hand = The file itself was changed, not through this page.
edit-gone-by-hand = The file itself was removed, not through this page.
edit-first-seen = Was there when this history began.
edit-taken-away = Removed.
edit-brought-back = Brings back version { $n-said }.
edit-decided-by = Decided by { $x }
edit-older = Older versions
edit-proposals = Proposals
edit-what-change = change
edit-what-removal = removal
edit-what-registration = registration
edit-what-restoration = back to version { $n-said }
edit-restore-title = Bring this version back
edit-restore-why = The text of this version is proposed again like any other change: checked, and approved where two persons are needed.
edit-restore = Bring back
edit-decide = Decision
edit-approve = Approve and put in force
edit-reject = Reject
edit-withdraw = Take back
edit-proposal-moved = The file changed since this proposal was written, so it cannot be approved any more. Reject it, and ask its author to propose it again.
edit-not-done = This cannot be done
proposal-draft = Draft
proposal-waiting = Waiting
proposal-applying = Being put in force
proposal-in-force = In force
proposal-rejected = Rejected
proposal-withdrawn = Taken back
did-checked = Checked and kept as a draft; see below the text.
did-discarded = The draft is discarded. What you see is the present file.
did-in-force = Saved and in force.
did-proposed = The proposal was sent. Another operator has to approve it before it is in force.
did-approved = Approved and in force.
did-rejected = The proposal was rejected; what is in force did not change.
did-withdrawn = The proposal was taken back.

## Overlap
overlap-title = Apps that overlap
overlap-lead = Pairs of apps that do similar things, the strongest first. It is something to talk about, not a decision.
overlap-csv = Download as CSV
overlap-none = Nothing overlaps
overlap-none-why = There is no pair of apps with reasons strong enough.
overlap-caption = Pairs of apps and the reasons
overlap-pair = Two apps
overlap-meaning = What the words mean
overlap-duplicate = Duplicate
overlap-duplicate-means = They do the same for the same people; one may be enough.
overlap-instance = Same product
overlap-instance-means = One product installed for several units, places or subjects; one installation may serve all.
overlap-channel = Another way
overlap-channel-means = Another way to the same thing: two doors of one site, or a screen and its monitor.
overlap-strength-means = The strength follows from the reasons beside it. A shared purpose weighs much where few apps have it; items that are exactly the same weigh most.
overlap-more = { $n ->
    [one] { $n-said } more pair is in the CSV.
   *[other] { $n-said } more pairs are in the CSV.
 }
overlap-why-items = { $n ->
    [one] { $n-said } item is exactly the same in both
   *[other] { $n-said } items are exactly the same in both
 }
overlap-why-product = The same product: { $x }
overlap-why-site = One and the same address: { $x }
overlap-why-capability = The same purpose: { $x } (of { $n-said } apps)
overlap-why-names = Names alike by { $x }
overlap-why-kinds = The same kinds of data: { $x }
overlap-why-owner = The same owner
overlap-why-people = For the same people
overlap-why-national = One is the city’s, one a ministry’s
overlap-col-one = App 1
overlap-col-one-title = Name 1
overlap-col-one-owner = Owner 1
overlap-col-other = App 2
overlap-col-other-title = Name 2
overlap-col-other-owner = Owner 2
overlap-col-relation = Relation
overlap-col-strength = Strength
overlap-col-items = Shared items
overlap-col-why = Why

## Record of processing
processing-title = Record of processing
processing-lead = What the hub reads of each app, what for, who may see it and how long it is kept (UU 27/2022, article 31). It is made from the mapping in force, so it always says what happens.
processing-count = { $n ->
    [one] { $n-said } app.
   *[other] { $n-said } apps.
 }
processing-personal = { $n ->
    [one] { $n-said } holds personal data.
   *[other] { $n-said } hold personal data.
 }
processing-csv = Download as CSV
processing-purpose = Showing data of { $x } to the civil servants entitled to it, in one place
processing-purpose-none = Showing the app’s data to the civil servants entitled to it, in one place
processing-retain-source = as long as its app has it
processing-basis-consent = Consent of the person (article 20, 2 a)
processing-basis-contract = A contract (article 20, 2 b)
processing-basis-obligation = A legal obligation (article 20, 2 c)
processing-basis-vital = A vital interest of the person (article 20, 2 d)
processing-basis-task = A task in the public interest and public service (article 20, 2 e)
processing-basis-interest = Another legitimate interest (article 20, 2 f)
processing-done-keep = Kept as it is
processing-done-others = Masked for those without a need to know
processing-done-mask = Masked before it is stored
processing-done-hash = Replaced by a code that cannot be reversed
processing-done-drop = Left out
processing-deletes = When it is gone at its source
processing-deletes-sweep = Deleted once a full read does not find it any more
processing-deletes-tombstone = Deleted when the app says that it is gone
processing-deletes-ttl = Deleted after it was not seen for a while
processing-deletes-never = Kept until its retention ends
processing-reads = Fields that are read
processing-drops = Fields that are left out
processing-drops-others = All other fields are never stored.
processing-nothing = none
processing-constant = set by the connector
processing-fields = Which field each part comes from
processing-col-app = Id
processing-col-title = App
processing-col-owner = Controller (unit code)
processing-col-purpose = Purpose
processing-col-basis = Basis
processing-col-class = Class
processing-col-personal = Personal data
processing-col-audience = Who may see it
processing-col-retain = Retention
processing-col-source = Source
processing-col-kind = Kind
processing-col-target = Part
processing-col-from = Comes from
processing-col-done = Treatment
processing-col-version = Connector version
## Registering an app
reg-title = Register an app
reg-lead = For units that want their app in DIVOS. Five steps; you need not be a programmer.
reg-mine = Your registrations
reg-no-unit = You are not known to hold a post in a unit yet, so you cannot register an app. Ask your personnel office.
reg-steps = Steps
reg-wrong = { $n ->
    [one] One answer needs mending. The others are kept.
   *[other] { $n-said } answers need mending. The others are kept.
 }
reg-nothing-more = This step has no more questions.
reg-next = Save and go on
reg-later = Save, go on later
reg-kept = What you write is kept at every step, even where something is wrong.
reg-optional = May stay empty. { $x }
reg-nameless = Nameless
reg-answers = Answers
reg-mend = Mend
reg-note = A word from the operators
reg-to-app = Open the app's page
reg-check = What the check says
reg-check-good = The draft is valid
reg-check-bad = The draft that comes of your answers is not valid yet:
reg-trial = The app's address was not called. An operator looks at it first and then tries to read it.
reg-draft = The draft of the connector (for operators)
reg-send = Send to the operators
reg-change = Change answers
reg-drop = Delete
reg-withdraw = Take back
reg-state-draft = Not sent yet
reg-state-waiting = Waits for an operator
reg-state-approved = Approved
reg-state-rejected = Rejected
reg-state-withdrawn = Taken back
reg-rule = Decision
reg-rule-why = The address goes into the operator's overlay, never into the definition. The hub calls the app only once you approve.
reg-approve = Approve
reg-reject = Reject
reg-ops-title = App registrations
reg-ops-none = No registrations yet
reg-ops-none-why = What units register shows up here.
reg-ops-waiting = { $n ->
    [0] No registration waits.
    [one] One registration waits for a decision.
   *[other] { $n-said } registrations wait for a decision.
 }
reg-unit = Unit
reg-author = Registered by
reg-changed = Last changed
ask-step-1 = The app
ask-step-2 = People
ask-step-3 = How it is read
ask-step-4 = Details
ask-step-5 = Check and send
ask-name = Name of the app
ask-name-hint = As its users know it, for example Incoming Letters.
ask-unit = Unit that owns it
ask-unit-hint = The unit of your post, or the agency above it.
ask-capability = What it is for
ask-capability-hint = Choose what comes closest.
ask-about = A short explanation
ask-about-hint = A sentence or two for the operators. May stay empty.
ask-address = Address of the app
ask-address-hint = Copy it from the browser. May stay empty where the app only sends data.
ask-id = Short name
ask-id-hint = Used in addresses: lower-case letters, digits, hyphens. May stay empty; it is made of the name.
ask-sign-in = How do people sign in to the app?
ask-sign-in-hint = As it is now.
ask-sign-in-own = With its own form
ask-sign-in-own-why = DIVOS opens the app; people sign in there.
ask-sign-in-open = No sign-in needed
ask-sign-in-open-why = Anyone can open it.
ask-sign-in-hub = Through DIVOS
ask-sign-in-hub-why = The app's makers accept a signed statement from DIVOS. This takes a programmer.
ask-readers = Who may see what it holds?
ask-readers-hint = This goes for the app and for its data in the feed.
ask-readers-public = The public
ask-readers-public-why = Citizens too, without signing in.
ask-readers-everyone = All civil servants
ask-readers-everyone-why = Anyone who signs in to DIVOS.
ask-readers-unit = The owning unit only
ask-readers-unit-why = Holders of a post in that unit and below.
ask-personal = Does it hold personal data?
ask-personal-hint = As Law 27/2022 has it.
ask-personal-none = No
ask-personal-none-why = For example announcements or market prices.
ask-personal-general = Yes, general data
ask-personal-general-why = Names, addresses, telephone numbers.
ask-personal-specific = Yes, specific data
ask-personal-specific-why = Health, children, finances, criminal records.
ask-way = How can its data be read?
ask-way-hint = If you do not know yet, choose “only opened”; more can come later.
ask-way-product = A known product or a feed
ask-way-product-why = WordPress, Redmine, CKAN, JDIH, RSS and others.
ask-way-file = A file for download
ask-way-file-why = CSV or Excel at a fixed address.
ask-way-push = The app sends
ask-way-push-why = The app sends every event to DIVOS.
ask-way-launcher = Only opened
ask-way-launcher-why = DIVOS reads no data.
ask-product = Product
ask-product-hint = Once it is chosen, questions about that product appear.
ask-path = Path of the file
ask-path-hint = What follows the app's address, for example /export/letters.csv.
ask-kind = What it becomes
ask-kind-hint = The kind of item in the feed.
ask-column-id = Column of the number
ask-column-id-hint = The header of the column that tells every row apart.
ask-column-title = Column of the title
ask-column-title-hint = The header of the column that people read.
ask-column-time = Column of the time
ask-column-time-hint = The header of the column with the time of change. May stay empty.
ask-give-address = Address for the overlay
ask-give-address-hint = As the applicant proposed; look at it first. Empty: the hub calls nothing.
ask-give-networks = Private networks that may be called
ask-give-networks-hint = For example 10.20.0.0/16. Empty where the address is public.
ask-give-text = Definition
ask-give-text-hint = May be changed before it is approved.
ask-give-note = A word to the applicant
ask-give-note-hint = Needed where you reject: what has to be mended.

## An app's own page
own-title = Apps that you look after
own-health = How it is
own-waits = Waits for an address from the operators
own-unconnected = The operators have given no address yet, so the hub does not call this app.
own-faults = Rows of the last read that could not be taken; personal data is masked.
own-ops = See as an operator
own-kinds = Items by kind
own-usage = Use by the day
own-usage-why = Counted without keeping who. Days with fewer than five people are not told, and these numbers never serve to appraise anybody.
own-usage-none = No use in the last 30 days.
own-day = Day
own-opens = Pages opened
own-people = About how many people
own-few = < 5 people
own-pushed = Pushes taken
own-refused = Pushes refused
own-push = Credentials for sending data
own-push-why = Your app proves itself with one of these. Two of a sort at most: make the new one, move the server to it, revoke the old one.
own-push-none = No credentials yet.
own-label = For which server
own-label-hint = For example: the letters server.
own-sort = Sort
own-token = Token
own-token-why = Simplest: one Authorization header.
own-hmac = Signing secret (HMAC)
own-hmac-why = Safer: the secret itself is never sent.
own-make = Make a credential
own-made = A new credential
own-made-why = Copy it now; it will not be shown again. Keep it on the app's server only.
own-secret = Secret
own-copied = The secret was copied.
own-too-many = There are two credentials of this sort already. Revoke the old one first.
own-example = An example
