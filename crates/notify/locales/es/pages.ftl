# Las páginas detrás de los enlaces de un correo. $programme es el nombre del programa.

ask-title = ¿Dejar de recibir estos correos?
ask-text = { $programme } ya no te escribirá cuando cambie tu nivel de socio. Tu membresía y tus beneficios no cambian.
ask-button = Dejar de recibir estos correos

stopped-title = Ya no recibirás estos correos
stopped-text = { $programme } no te volverá a escribir cuando cambie tu nivel de socio. Tu membresía y tus beneficios no cambian.
stopped-button = Fue un error: quiero recibirlos de nuevo

resumed-title = Qué bueno tenerte de vuelta
resumed-text = { $programme } te volverá a escribir cuando cambie tu nivel de socio.

choose-link = Elegir qué correos recibir

choose-title = ¿Qué correos quieres recibir?
choose-text = { $programme } te escribe cuando:
choose-upgrade = Tu nivel de socio sube
choose-downgrade = Tu nivel de socio baja
choose-save = Guardar
choose-saved = Tu elección quedó guardada.
choose-none = Dejar de recibirlos todos

missing-title = Este enlace no funciona
missing-text = Puede que se haya cortado por el camino. Prueba con el enlace del correo más reciente que tengas de nosotros.

unreadable-title = No funcionó
unreadable-text = Vuelve atrás e inténtalo de nuevo.

later-title = Ahora no es posible
later-text = No se ha cambiado nada. Inténtalo de nuevo en unos minutos.
