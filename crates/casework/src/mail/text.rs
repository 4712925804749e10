//! What every mail says, whoever it is for.

/// The subject.
pub(super) const SUBJECT: &str = "Er staan berichten voor u klaar / There are messages for you";

/// The text: no name, no organisation, no reason, and nothing that can be clicked, since mail is read by others and a link in a
/// mail is what one should not click.
pub(super) const TEXT: &str = "\
Er staan berichten voor u klaar: meld u aan in het systeem waarmee\r\n\
u werkt om ze te lezen.\r\n\
\r\n\
There are messages for you: sign in to the system you work with\r\n\
to read them.\r\n";
