# Lo que leen los clientes; las variables están explicadas en en/mail.ftl.

greeting = { $named ->
    [yes] Hola, { $name }:
   *[no] Hola:
}

tier-upgrade-subject = { $known ->
    [none] Llegaste a un nuevo nivel
   *[to] Ya eres { $to }
}
tier-upgrade-preview = Un nuevo nivel en { $programme }: ¡felicitaciones!
tier-upgrade-headline = { $known ->
    [none] Subiste de nivel
   *[to] Te damos la bienvenida a { $to }
}
tier-upgrade-lead = { $known ->
    [both] Buenas noticias: el { $date } subiste de { $from } a { $to }.
    [to] Buenas noticias: el { $date } subiste a { $to }.
   *[none] Buenas noticias: el { $date } subiste de nivel.
}
tier-upgrade-closing = Gracias por estar con nosotros. Disfruta de todo lo que trae tu nuevo nivel.

tier-downgrade-subject = { $known ->
    [none] Tu nivel cambió
   *[to] Tu nivel ahora es { $to }
}
tier-downgrade-preview = Un cambio en tu membresía de { $programme }.
tier-downgrade-headline = { $known ->
    [none] Tu nivel cambió
   *[to] Tu nivel ahora es { $to }
}
tier-downgrade-lead = { $known ->
    [both] El { $date } tu nivel cambió de { $from } a { $to }.
    [to] El { $date } tu nivel cambió a { $to }.
   *[none] El { $date } tu nivel cambió.
}
tier-downgrade-closing = Esta sigue siendo tu casa. Esperamos verte pronto.

tier-downgrade-cron-subject = { $known ->
    [none] Tu nivel para el nuevo período
   *[to] Tu nivel para el nuevo período: { $to }
}
tier-downgrade-cron-preview = Comenzó un nuevo período en { $programme }.
tier-downgrade-cron-headline = { $known ->
    [none] Un nuevo período, un nuevo comienzo
   *[to] Tu nivel para el nuevo período es { $to }
}
tier-downgrade-cron-lead = { $known ->
    [both] Revisamos los niveles al comienzo de cada período. Desde el { $date } tu nivel es { $to }; antes era { $from }.
    [to] Revisamos los niveles al comienzo de cada período. Desde el { $date } tu nivel es { $to }.
   *[none] Revisamos los niveles al comienzo de cada período. El { $date } tu nivel cambió.
}
tier-downgrade-cron-closing = Un nuevo período es un nuevo comienzo, y esta sigue siendo tu casa.

tier-downgrade-reversal-subject = { $known ->
    [none] Ajustamos tu nivel
   *[to] Ajustamos tu nivel a { $to }
}
tier-downgrade-reversal-preview = Se anuló algo que había contado para tu nivel.
tier-downgrade-reversal-headline = { $known ->
    [none] Ajustamos tu nivel
   *[to] Tu nivel vuelve a ser { $to }
}
tier-downgrade-reversal-lead = { $known ->
    [both] Algo que había contado para tu nivel, como una compra, se devolvió o se anuló. Por eso, el { $date } tu nivel volvió de { $from } a { $to }.
    [to] Algo que había contado para tu nivel, como una compra, se devolvió o se anuló. Por eso, el { $date } tu nivel volvió a { $to }.
   *[none] Algo que había contado para tu nivel, como una compra, se devolvió o se anuló. Por eso, el { $date } ajustamos tu nivel.
}
tier-downgrade-reversal-closing = No tienes que hacer nada. Esta sigue siendo tu casa.

several-changes = { $changes ->
    [one] Tu nivel cambió una vez en poco tiempo; así quedó.
   *[other] Tu nivel cambió { $changes } veces en poco tiempo; así quedó.
}

balance-title = Tu saldo al { $date }
button-account = Ir a mi cuenta

footer-reason = Recibes este mensaje porque eres parte de { $programme }.
footer-unsubscribe = Dejar de recibir estos correos
footer-preferences = Elegir qué mensajes recibir
footer-support = Ayuda y contacto
