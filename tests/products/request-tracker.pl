# Seeds Request Tracker with made-up tickets and prints a token of the hub's user.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;

RT::LoadConfig();
RT::Init();

sub done {
    my ($ok, $message) = @_;
    die $message unless $ok;
    return $ok;
}

my $system = RT->SystemUser;
my $queue = RT::Queue->new($system);
$queue->Load('General');
my $user = RT::User->new($system);
done($user->Create(Name => 'hub', EmailAddress => 'hub@contoh.example', Privileged => 1));
done($user->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for qw(SeeQueue ShowTicket);
my @tickets = (
    ['Printer bidang umum macet', 'new', '2026-12-01 04:00:00'],
    ['Akun surat elektronik terkunci', 'open', undef],
    ['Jaringan lantai 2 lambat', 'resolved', undef],
);
for my $made (@tickets) {
    my ($subject, $status, $due) = @$made;
    my $ticket = RT::Ticket->new($system);
    my ($id, undef, $message) = $ticket->Create(Queue => 'General', Subject => $subject, Requestor => 'pemohon@contoh.example', Due => $due);
    done($id, $message);
    done($ticket->SetStatus($status)) if $status ne 'new';
}
my $token = RT::AuthToken->new($system);
my ($id, $message, $text) = $token->Create(Owner => $user->id, Description => 'hub');
done($id, $message);
print $text;
