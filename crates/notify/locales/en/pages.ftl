# The pages behind the links in a mail. $programme is the programme's name.

ask-title = Stop these e-mails?
ask-text = { $programme } will no longer write to you when your membership level changes. Your membership and your benefits stay as they are.
ask-button = Stop these e-mails

stopped-title = You are unsubscribed
stopped-text = { $programme } will not write to you any more when your membership level changes. Your membership and your benefits stay as they are.
stopped-button = That was a mistake: write to me again

resumed-title = Good to have you back
resumed-text = { $programme } will write to you again when your membership level changes.

choose-link = Choose which e-mails you get

choose-title = Which e-mails do you want?
choose-text = { $programme } writes to you when:
choose-upgrade = Your membership level rises
choose-downgrade = Your membership level falls
choose-save = Save
choose-saved = Your choice is saved.
choose-none = Stop all of them

missing-title = This link does not work
missing-text = It may have been cut off on its way. Try the link in the newest e-mail that you have from us.

unreadable-title = That did not work
unreadable-text = Please go back and try again.

later-title = Not right now
later-text = Nothing has been changed. Please try again in a few minutes.
