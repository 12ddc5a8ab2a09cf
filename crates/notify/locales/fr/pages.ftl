# Les pages derrière les liens d’un e-mail. $programme est le nom du programme.

ask-title = Ne plus recevoir ces e-mails ?
ask-text = { $programme } ne vous écrira plus quand votre statut change. Votre adhésion et vos avantages restent les mêmes.
ask-button = Ne plus recevoir ces e-mails

stopped-title = Vous êtes désabonné
stopped-text = { $programme } ne vous écrira plus quand votre statut change. Votre adhésion et vos avantages restent les mêmes.
stopped-button = C’était une erreur : m’écrire à nouveau

resumed-title = Ravis de vous revoir
resumed-text = { $programme } vous écrira à nouveau quand votre statut change.

choose-link = Choisir les e-mails à recevoir

choose-title = Quels e-mails souhaitez-vous recevoir ?
choose-text = { $programme } vous écrit quand :
choose-upgrade = Votre statut monte
choose-downgrade = Votre statut baisse
choose-save = Enregistrer
choose-saved = Votre choix est enregistré.
choose-none = Ne plus en recevoir aucun

missing-title = Ce lien ne fonctionne pas
missing-text = Il a peut-être été coupé en route. Essayez le lien de l’e-mail le plus récent que vous avez reçu de nous.

unreadable-title = Cela n’a pas fonctionné
unreadable-text = Revenez en arrière et réessayez.

later-title = Pas pour le moment
later-text = Rien n’a été modifié. Réessayez dans quelques minutes.
