/** Español, of the doorstep and the page for offers. */
import type { DoorstepWords } from './doorstep-words.ts';

export const es: DoorstepWords = {
  lang: 'es',
  unreviewed: 'Traducción aún no revisada por un hablante nativo.',
  languages: 'Idioma',
  title: 'Wavu no arranca aquí',
  reached: (address) =>
    `Has llegado a un relé de Wavu en ${address}, por HTTP sin cifrar. Por esta puerta el navegador no da a una página ni claves, ni arranque sin conexión, ni cámara, y cualquiera en el camino podría cambiar la página. Por eso no se cargó nada de la aplicación ni se guardó nada en tu dispositivo.`,
  forgottenProxy:
    'Un proxy en esta máquina dice que viniste por HTTPS. Si es tuyo, inicia el relé con <code>--behind-proxy</code>, y Wavu arranca aquí.',
  worksTitle: 'Lo que funciona',
  overHttps: 'Este relé, por HTTPS.',
  warned:
    'Este relé, por HTTPS; el navegador te avisará sobre su certificado. Quien sigue de todos modos no tiene arranque sin conexión ni puede instalar.',
  warnedOfHouse:
    'Este relé, por HTTPS. El navegador te avisa; sigue de todos modos (Avanzado o Configuración avanzada, luego Acceder o Aceptar), y funciona todo menos arrancar sin conexión e instalar. Sin el aviso: mira más abajo.',
  behindProxy: 'La dirección <code>https://</code> que te dio quien lo aloja: este relé está detrás de un proxy.',
  onThisMachine: (address) => `En el ordenador donde funciona el relé: ${address}`,
  nothingElsewhere: 'En otro lugar, aún nada: quien aloja este relé activa HTTPS, como se explica abajo.',
  fromElsewhere: {
    title: '¿Tienes Wavu de otra dirección?',
    how: 'Elige allí «Escanear o pegar una invitación» (en Nuevo, cuando ya tienes salas) y pega esta dirección. Ese Wavu encuentra entonces gente también por este relé y conserva sus claves:',
    mayAsk:
      'El navegador puede preguntar si Wavu puede llegar a dispositivos de tu red. Si no le deja llegar aquí por ninguna puerta, Wavu ofrece abrir una página de este relé para obtener una respuesta.',
  },
  trust: {
    title: 'Sin el aviso',
    why: 'El aviso sale porque nadie responde por el certificado de este relé. Puedes decirle a tu dispositivo que confíe en la autoridad que este relé creó para sí. Entonces nada avisa, y Wavu arranca sin conexión y se puede instalar. En ambos casos es el mismo lugar: lo que tienes en Wavu se queda.',
    download: 'Descargar la autoridad de este relé',
    compare:
      'Compara antes. Su huella SHA-256 está en la pantalla de quien aloja este relé, donde se inició; tiene que ser esta:',
    worst: (localName) =>
      `Lo peor que puede hacer: quien consiga la clave de este relé podría hacerse pasar ante tu dispositivo por cualquier cosa con una dirección privada (como 192.168.1.1, la página de un router)${localName === null ? '' : ` o con el nombre ${localName}`}, en una red en la que estés. No por un sitio de internet: la propia autoridad lo prohíbe, y los navegadores lo respetan. Para retirarla, quítala donde la añadiste.`,
    systems: {
      android: {
        on: 'Android',
        steps: [
          'Descárgala.',
          'Ajustes, Seguridad y privacidad, Más, Cifrado y credenciales, Instalar un certificado, Certificado de CA. O busca «certificado de CA» en los ajustes.',
          'Instalar de todos modos, y elige el archivo.',
          'Firefox necesita un paso más: Ajustes, Acerca de Firefox, toca su logotipo cinco veces; atrás, Ajustes secretos, Usar certificados CA de terceros.',
        ],
      },
      ios: {
        on: 'iPhone y iPad (nadie lo ha probado aún)',
        steps: [
          'Abre esta página en Safari, descárgala y permite el perfil.',
          'Ajustes, Perfil descargado, Instalar.',
          'Ajustes, General, Información, Configuración de confianza de los certificados: activa «Wavu relay».',
        ],
      },
      windows: {
        on: 'Windows: Chrome, Edge',
        steps: [
          'Abre el archivo descargado, Instalar certificado, Usuario actual.',
          'Colocar todos los certificados en el siguiente almacén: Entidades de certificación raíz de confianza.',
          'Cierra el navegador y ábrelo de nuevo.',
        ],
      },
      macos: {
        on: 'macOS: Safari, Chrome',
        steps: [
          'Abre el archivo descargado; va al llavero de inicio de sesión.',
          'En Acceso a Llaveros abre «Wavu relay», Confiar, Secure Sockets Layer (SSL): Confiar siempre.',
          'Cierra el navegador y ábrelo de nuevo.',
        ],
      },
      linux: {
        on: 'Linux: Chrome, Chromium',
        steps: [
          'Configuración, Privacidad y seguridad, Seguridad, Gestionar certificados, Certificados de confianza, Importar.',
          'O en una terminal: <code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "Wavu relay" -i wavu-authority.crt</code>',
        ],
      },
      firefox: {
        on: 'Firefox en un ordenador',
        steps: [
          'Ajustes, Privacidad y seguridad, Ver certificados, Autoridades, Importar.',
          'Elige el archivo y marca solo «Confiar en esta CA para identificar sitios web».',
        ],
      },
    },
  },
  hosting: {
    title: 'Para quien lo aloja',
    oneName: 'Elige un nombre y consérvalo: el navegador guarda las claves de cada persona bajo la dirección que abrió.',
    ownCertificate: 'Con un certificado propio',
    samePort: 'HTTPS responde entonces en este mismo puerto.',
    caddy: 'Con Caddy, para un nombre en internet',
    tailscale: 'Con Tailscale, para tus propios dispositivos',
  },
  pair: {
    answeredTitle: 'El relé ha respondido',
    copy: 'Copia esta respuesta, vuelve a Wavu y pégala allí. Vale diez minutos, solo para tu Wavu.',
    scan: 'Si Wavu está en otro dispositivo, escanéala allí:',
    code: 'Código QR de la respuesta',
    again: 'Si Wavu dice después que no encontró el relé: pasa de vez en cuando. Pulsa allí «Abrir la página del relé» otra vez.',
    refusedTitle: 'Sin respuesta',
    refused: {
      off: 'Este relé no admite a nadie de esta forma: quien lo aloja ha cerrado sus puertas UDP.',
      'bad-signal': 'Este relé no puede leer esta oferta. Vuelve a Wavu y pulsa allí «Abrir la página del relé» de nuevo.',
      often: 'Desde donde estás llegaron muchas ofertas que aún esperan. Prueba de nuevo en unos minutos.',
      full: 'Ahora mismo esperan aquí demasiadas ofertas. Prueba de nuevo en unos minutos.',
    },
  },
};
