# What customers read. A variable is always there; where a thing is not known, its text is empty and
# $named or $known says so.
#   $programme  what the programme is called    $date     the day of the change, in words
#   $name       the customer's name             $changes  how many changes this mail is about
#   $named      yes, no                         $from, $to  the tiers before and after, by their names
#   $known      both, to, none: which of the two tiers are known

greeting = { $named ->
    [yes] Hello { $name },
   *[no] Hello,
}

tier-upgrade-subject = { $known ->
    [none] You have reached a new tier
   *[to] You are now { $to }
}
tier-upgrade-preview = A new tier at { $programme }: congratulations!
tier-upgrade-headline = { $known ->
    [none] You have moved up
   *[to] Welcome to { $to }
}
tier-upgrade-lead = { $known ->
    [both] Good news: you moved up from { $from } to { $to } on { $date }.
    [to] Good news: you moved up to { $to } on { $date }.
   *[none] Good news: you moved up a tier on { $date }.
}
tier-upgrade-closing = Thank you for being with us. Enjoy everything that your new tier brings.

tier-downgrade-subject = { $known ->
    [none] Your tier has changed
   *[to] Your tier is now { $to }
}
tier-downgrade-preview = A change to your membership at { $programme }.
tier-downgrade-headline = { $known ->
    [none] Your tier has changed
   *[to] Your tier is now { $to }
}
tier-downgrade-lead = { $known ->
    [both] Your tier changed from { $from } to { $to } on { $date }.
    [to] Your tier changed to { $to } on { $date }.
   *[none] Your tier changed on { $date }.
}
tier-downgrade-closing = You are as welcome as ever, and we look forward to seeing you again.

# The programme has looked at everybody's tier, as it does at the start of each period.
tier-downgrade-cron-subject = { $known ->
    [none] Your tier for the new period
   *[to] Your tier for the new period: { $to }
}
tier-downgrade-cron-preview = A new period has begun at { $programme }.
tier-downgrade-cron-headline = { $known ->
    [none] A new period, a new start
   *[to] Your tier for the new period is { $to }
}
tier-downgrade-cron-lead = { $known ->
    [both] We review tiers at the start of each period. Since { $date } your tier is { $to }; before, it was { $from }.
    [to] We review tiers at the start of each period. Since { $date } your tier is { $to }.
   *[none] We review tiers at the start of each period. Your tier changed on { $date }.
}
tier-downgrade-cron-closing = A new period is a new start, and you are as welcome as ever.

# Something that had counted was undone: a purchase was returned, for example.
tier-downgrade-reversal-subject = { $known ->
    [none] Your tier was adjusted
   *[to] Your tier was adjusted to { $to }
}
tier-downgrade-reversal-preview = Something that had counted towards your tier was cancelled.
tier-downgrade-reversal-headline = { $known ->
    [none] Your tier was adjusted
   *[to] Your tier is { $to } again
}
tier-downgrade-reversal-lead = { $known ->
    [both] Something that had counted towards your tier, such as a purchase, was returned or cancelled. For that reason your tier went back from { $from } to { $to } on { $date }.
    [to] Something that had counted towards your tier, such as a purchase, was returned or cancelled. For that reason your tier went back to { $to } on { $date }.
   *[none] Something that had counted towards your tier, such as a purchase, was returned or cancelled. For that reason your tier was adjusted on { $date }.
}
tier-downgrade-reversal-closing = There is nothing you need to do. You are as welcome as ever.

# Said in addition where one mail stands for several changes.
several-changes = { $changes ->
    [one] Your tier changed once in a short time; this is where you stand now.
   *[other] Your tier changed { $changes } times in a short time; this is where you stand now.
}

balance-title = Your balance on { $date }
button-account = Go to my account

footer-reason = You receive this message because you are a member of { $programme }.
footer-unsubscribe = Unsubscribe
footer-preferences = Choose which messages you get
footer-support = Help and contact
