# O que os clientes leem; as variáveis estão explicadas em en/mail.ftl.

greeting = { $named ->
    [yes] Olá, { $name }!
   *[no] Olá!
}

tier-upgrade-subject = { $known ->
    [none] Você alcançou um novo nível
   *[to] Agora você é { $to }
}
tier-upgrade-preview = Um novo nível em { $programme }: parabéns!
tier-upgrade-headline = { $known ->
    [none] Você subiu de nível
   *[to] Boas-vindas ao nível { $to }
}
tier-upgrade-lead = { $known ->
    [both] Boas notícias: em { $date }, você passou de { $from } para { $to }.
    [to] Boas notícias: em { $date }, você passou para { $to }.
   *[none] Boas notícias: em { $date }, você subiu de nível.
}
tier-upgrade-closing = Agradecemos a sua preferência. Aproveite tudo o que o seu novo nível oferece.

tier-downgrade-subject = { $known ->
    [none] O seu nível mudou
   *[to] O seu nível agora é { $to }
}
tier-downgrade-preview = Uma mudança na sua participação em { $programme }.
tier-downgrade-headline = { $known ->
    [none] O seu nível mudou
   *[to] O seu nível agora é { $to }
}
tier-downgrade-lead = { $known ->
    [both] Em { $date }, o seu nível mudou de { $from } para { $to }.
    [to] Em { $date }, o seu nível mudou para { $to }.
   *[none] Em { $date }, o seu nível mudou.
}
tier-downgrade-closing = A casa continua sendo sua. Esperamos ver você em breve.

tier-downgrade-cron-subject = { $known ->
    [none] O seu nível para o novo período
   *[to] O seu nível para o novo período: { $to }
}
tier-downgrade-cron-preview = Um novo período começou em { $programme }.
tier-downgrade-cron-headline = { $known ->
    [none] Novo período, novo começo
   *[to] O seu nível para o novo período é { $to }
}
tier-downgrade-cron-lead = { $known ->
    [both] Revisamos os níveis no início de cada período. Desde { $date }, o seu nível é { $to }; antes era { $from }.
    [to] Revisamos os níveis no início de cada período. Desde { $date }, o seu nível é { $to }.
   *[none] Revisamos os níveis no início de cada período. Em { $date }, o seu nível mudou.
}
tier-downgrade-cron-closing = Um novo período é um novo começo, e a casa continua sendo sua.

tier-downgrade-reversal-subject = { $known ->
    [none] Ajustamos o seu nível
   *[to] Ajustamos o seu nível para { $to }
}
tier-downgrade-reversal-preview = Algo que tinha contado para o seu nível foi cancelado.
tier-downgrade-reversal-headline = { $known ->
    [none] Ajustamos o seu nível
   *[to] O seu nível voltou a ser { $to }
}
tier-downgrade-reversal-lead = { $known ->
    [both] Algo que tinha contado para o seu nível, como uma compra, foi devolvido ou cancelado. Por isso, em { $date }, o seu nível voltou de { $from } para { $to }.
    [to] Algo que tinha contado para o seu nível, como uma compra, foi devolvido ou cancelado. Por isso, em { $date }, o seu nível voltou para { $to }.
   *[none] Algo que tinha contado para o seu nível, como uma compra, foi devolvido ou cancelado. Por isso, em { $date }, ajustamos o seu nível.
}
tier-downgrade-reversal-closing = Você não precisa fazer nada. A casa continua sendo sua.

several-changes = { $changes ->
    [one] O seu nível mudou { $changes } vez em pouco tempo; este é o resultado.
   *[other] O seu nível mudou { $changes } vezes em pouco tempo; este é o resultado.
}

balance-title = O seu saldo em { $date }
button-account = Acessar minha conta

footer-reason = Você recebe esta mensagem porque faz parte de { $programme }.
footer-unsubscribe = Cancelar o recebimento
footer-preferences = Escolher quais mensagens receber
footer-support = Ajuda e contato
