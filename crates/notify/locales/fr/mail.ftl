# Ce que lisent les clients ; les variables sont expliquées dans en/mail.ftl.
# Les espaces devant les signes doubles sont insécables.

greeting = { $named ->
    [yes] Bonjour { $name },
   *[no] Bonjour,
}

tier-upgrade-subject = { $known ->
    [none] Vous avez atteint un nouveau niveau
   *[to] Vous passez au niveau { $to }
}
tier-upgrade-preview = Un nouveau niveau chez { $programme } : félicitations !
tier-upgrade-headline = { $known ->
    [none] Vous montez d’un niveau
   *[to] Bienvenue au niveau { $to }
}
tier-upgrade-lead = { $known ->
    [both] Bonne nouvelle : le { $date }, vous passez du niveau { $from } au niveau { $to }.
    [to] Bonne nouvelle : le { $date }, vous passez au niveau { $to }.
   *[none] Bonne nouvelle : le { $date }, vous montez d’un niveau.
}
tier-upgrade-closing = Merci de votre fidélité. Profitez de tout ce que votre nouveau niveau vous apporte.

tier-downgrade-subject = { $known ->
    [none] Votre niveau a changé
   *[to] Votre niveau est désormais { $to }
}
tier-downgrade-preview = Un changement dans votre programme { $programme }.
tier-downgrade-headline = { $known ->
    [none] Votre niveau a changé
   *[to] Votre niveau est désormais { $to }
}
tier-downgrade-lead = { $known ->
    [both] Le { $date }, votre niveau est passé de « { $from } » à « { $to } ».
    [to] Le { $date }, votre niveau est passé à « { $to } ».
   *[none] Le { $date }, votre niveau a changé.
}
tier-downgrade-closing = Nous serons toujours heureux de vous accueillir.

tier-downgrade-cron-subject = { $known ->
    [none] Votre niveau pour la nouvelle période
   *[to] Votre niveau pour la nouvelle période : { $to }
}
tier-downgrade-cron-preview = Une nouvelle période a commencé chez { $programme }.
tier-downgrade-cron-headline = { $known ->
    [none] Nouvelle période, nouveau départ
   *[to] Votre niveau pour la nouvelle période : { $to }
}
tier-downgrade-cron-lead = { $known ->
    [both] Nous réexaminons les niveaux au début de chaque période. Depuis le { $date }, votre niveau est « { $to } » ; auparavant, c’était « { $from } ».
    [to] Nous réexaminons les niveaux au début de chaque période. Depuis le { $date }, votre niveau est « { $to } ».
   *[none] Nous réexaminons les niveaux au début de chaque période. Le { $date }, votre niveau a changé.
}
tier-downgrade-cron-closing = Une nouvelle période est un nouveau départ, et nous serons heureux de vous revoir.

tier-downgrade-reversal-subject = { $known ->
    [none] Votre niveau a été ajusté
   *[to] Votre niveau a été ajusté : { $to }
}
tier-downgrade-reversal-preview = Un élément qui comptait pour votre niveau a été annulé.
tier-downgrade-reversal-headline = { $known ->
    [none] Votre niveau a été ajusté
   *[to] Votre niveau est de nouveau { $to }
}
tier-downgrade-reversal-lead = { $known ->
    [both] Un élément qui comptait pour votre niveau, par exemple un achat, a été retourné ou annulé. C’est pourquoi, le { $date }, votre niveau est revenu de « { $from } » à « { $to } ».
    [to] Un élément qui comptait pour votre niveau, par exemple un achat, a été retourné ou annulé. C’est pourquoi, le { $date }, votre niveau est revenu à « { $to } ».
   *[none] Un élément qui comptait pour votre niveau, par exemple un achat, a été retourné ou annulé. C’est pourquoi, le { $date }, votre niveau a été ajusté.
}
tier-downgrade-reversal-closing = Vous n’avez rien à faire, et nous serons toujours heureux de vous revoir.

several-changes = { $changes ->
    [one] Votre niveau a changé { $changes } fois en peu de temps ; voici où vous en êtes.
   *[other] Votre niveau a changé { $changes } fois en peu de temps ; voici où vous en êtes.
}

balance-title = Votre solde au { $date }
button-account = Accéder à mon compte

footer-reason = Vous recevez ce message parce que vous êtes membre de { $programme }.
footer-unsubscribe = Se désabonner
footer-preferences = Choisir les messages à recevoir
footer-support = Aide et contact
