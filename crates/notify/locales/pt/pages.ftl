# As páginas por trás dos links de um e-mail. $programme é o nome do programa.

ask-title = Parar de receber estes e-mails?
ask-text = { $programme } não vai mais escrever para você quando seu nível mudar. Sua participação e seus benefícios continuam como estão.
ask-button = Parar de receber estes e-mails

stopped-title = Você não vai mais receber estes e-mails
stopped-text = { $programme } não vai mais escrever para você quando seu nível mudar. Sua participação e seus benefícios continuam como estão.
stopped-button = Foi engano: quero receber de novo

resumed-title = Que bom ter você de volta
resumed-text = { $programme } vai escrever para você de novo quando seu nível mudar.

choose-link = Escolher quais e-mails receber

choose-title = Quais e-mails você quer receber?
choose-text = { $programme } escreve para você quando:
choose-upgrade = Seu nível sobe
choose-downgrade = Seu nível desce
choose-save = Salvar
choose-saved = Sua escolha foi salva.
choose-none = Parar de receber todos

missing-title = Este link não funciona
missing-text = Ele pode ter sido cortado no caminho. Tente o link do e-mail mais recente que você recebeu de nós.

unreadable-title = Não deu certo
unreadable-text = Volte e tente de novo.

later-title = Agora não é possível
later-text = Nada foi alterado. Tente de novo em alguns minutos.
