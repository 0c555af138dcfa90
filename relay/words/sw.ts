/** Kiswahili, of the doorstep and the page for offers. */
import type { DoorstepWords } from './doorstep-words.ts';

export const sw: DoorstepWords = {
  lang: 'sw',
  unreviewed: 'Tafsiri hii bado haijasomwa na mzungumzaji wa Kiswahili.',
  languages: 'Lugha',
  title: 'Wavu haianzi hapa',
  reached: (address) =>
    `Umefika kwenye kituo cha Wavu katika ${address}, kwa HTTP isiyolindwa. Kwa mlango huu kivinjari hakiupi ukurasa funguo, kuanza bila mtandao wala kamera, na yeyote aliye njiani angeweza kuubadilisha ukurasa. Kwa hiyo hakuna sehemu ya Wavu iliyopakiwa, na hakuna kilichohifadhiwa kwenye kifaa chako.`,
  forgottenProxy:
    'Proksi kwenye kompyuta hii inasema umekuja kwa HTTPS. Ikiwa ni yako, anzisha kituo kwa <code>--behind-proxy</code>, na Wavu itaanza hapa.',
  worksTitle: 'Kinachofanya kazi',
  overHttps: 'Kituo hiki hiki, kwa HTTPS.',
  warned:
    'Kituo hiki hiki, kwa HTTPS; kivinjari kitakuonya kuhusu cheti chake. Anayeendelea hata hivyo hawezi kuanza bila mtandao wala kusakinisha.',
  warnedOfHouse:
    'Kituo hiki hiki, kwa HTTPS. Kivinjari kitakuonya; endelea hata hivyo (Advanced, kisha Continue au Accept), na yote yatafanya kazi isipokuwa kuanza bila mtandao na kusakinisha. Ili kuondoa onyo: tazama hapa chini.',
  behindProxy: 'Anwani ya <code>https://</code> uliyopewa na mwenyeji wako: kituo hiki kiko nyuma ya proksi.',
  onThisMachine: (address) => `Kwenye kompyuta inayoendesha kituo: ${address}`,
  nothingElsewhere: 'Kwingine bado hakuna: anayeendesha kituo hiki huwasha HTTPS, kama ilivyo hapa chini.',
  fromElsewhere: {
    title: 'Una Wavu kutoka anwani nyingine?',
    how: 'Humo chagua “Skani au bandika mwaliko” (chini ya Mpya, ukiwa tayari na vyumba), kisha ubandike anwani hii. Wavu hiyo itakutana na watu kwa kituo hiki pia, na funguo zake zitabaki zilipo:',
    mayAsk:
      'Kivinjari kinaweza kuuliza kama Wavu iruhusiwe kufikia vifaa vya mtandao wako. Ikishindwa kufika hapa kwa mlango wowote, Wavu itakupa njia ya kufungua ukurasa wa kituo hiki ili kupata jibu.',
  },
  trust: {
    title: 'Bila onyo',
    why: 'Onyo linakuja kwa sababu hakuna anayekithibitisha cheti cha kituo hiki. Unaweza kukiambia kifaa chako kiamini mamlaka ya vyeti ambayo kituo hiki kilijitengenezea. Kisha hakuna onyo, na Wavu huanza bila mtandao na inaweza kusakinishwa. Kwa vyovyote ni mahali palepale: ulichonacho katika Wavu kinabaki.',
    download: 'Pakua mamlaka ya vyeti ya kituo hiki',
    compare:
      'Linganisha kwanza. Alama yake ya SHA-256 iko kwenye skrini ya anayeendesha kituo hiki, pale kilipoanzishwa; lazima iwe hii:',
    worst: (localName) =>
      `Baya zaidi linaloweza kutokea: atakayepata ufunguo wa kituo hiki anaweza kujifanya, mbele ya kifaa chako, kuwa chochote chenye anwani ya ndani (kama 192.168.1.1, ukurasa wa ruta)${localName === null ? '' : ` au chenye jina ${localName}`}, katika mtandao uliomo. Si tovuti yoyote ya intaneti: mamlaka yenyewe inakataza hilo, na vivinjari hufuata. Ukiamua kuacha, iondoe pale ulipoiongeza.`,
    systems: {
      android: {
        on: 'Android',
        steps: [
          'Ipakue.',
          'Mipangilio, Usalama na faragha, Zaidi, Usimbaji fiche na vitambulisho, Sakinisha cheti, Cheti cha CA. Au tafuta “cheti cha CA” katika mipangilio.',
          'Sakinisha hata hivyo, kisha uchague faili.',
          'Firefox inahitaji hatua moja zaidi: Settings, About Firefox, gusa nembo yake mara tano; rudi, Secret settings, Use third party CA certificates.',
        ],
      },
      ios: {
        on: 'iPhone na iPad (bado hakuna aliyejaribu)',
        steps: [
          'Fungua ukurasa huu katika Safari, pakua, kisha uruhusu wasifu.',
          'Settings, Profile downloaded, Install.',
          'Settings, General, About, Certificate trust settings: washa “Wavu relay”.',
        ],
      },
      windows: {
        on: 'Windows: Chrome, Edge',
        steps: [
          'Fungua faili iliyopakuliwa, Install certificate, Current user.',
          'Place all certificates in this store: Trusted root certification authorities.',
          'Funga kivinjari, kisha ukifungue tena.',
        ],
      },
      macos: {
        on: 'macOS: Safari, Chrome',
        steps: [
          'Fungua faili iliyopakuliwa; inaingia kwenye login keychain.',
          'Katika Keychain Access fungua “Wavu relay”, Trust, Secure Sockets Layer (SSL): Always trust.',
          'Funga kivinjari, kisha ukifungue tena.',
        ],
      },
      linux: {
        on: 'Linux: Chrome, Chromium',
        steps: [
          'Settings, Privacy and security, Security, Manage certificates, Trusted certificates, Import.',
          'Au kwenye terminal: <code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "Wavu relay" -i wavu-authority.crt</code>',
        ],
      },
      firefox: {
        on: 'Firefox kwenye kompyuta',
        steps: [
          'Settings, Privacy and security, View certificates, Authorities, Import.',
          'Chagua faili, kisha uweke alama kwenye “Trust this CA to identify websites” pekee.',
        ],
      },
    },
  },
  hosting: {
    title: 'Kwa anayekiendesha',
    oneName: 'Chagua jina moja ubaki nalo: kivinjari huhifadhi funguo za watu chini ya anwani waliyoifungua.',
    ownCertificate: 'Kwa cheti chako mwenyewe',
    samePort: 'Kisha HTTPS hujibu kwenye mlango (port) huuhuu.',
    caddy: 'Kwa Caddy, kwa jina la intaneti',
    tailscale: 'Kwa Tailscale, kwa vifaa vyako mwenyewe',
  },
  pair: {
    answeredTitle: 'Kituo kimejibu',
    copy: 'Nakili jibu hili, rudi kwenye Wavu, ulibandike huko. Linafanya kazi kwa dakika kumi, kwa Wavu yako pekee.',
    scan: 'Ikiwa Wavu iko kwenye kifaa kingine, liskani huko:',
    code: 'Msimbo wa QR wa jibu',
    again:
      'Ikiwa Wavu itasema kisha kwamba kiungo hakikupatikana: hutokea mara mojamoja. Bonyeza huko “Fungua ukurasa wa kituo” mara nyingine.',
    refusedTitle: 'Hakuna jibu',
    refused: {
      off: 'Kituo hiki hakipokei mtu kwa njia hii: anayekiendesha amezima milango yake ya UDP.',
      'bad-signal': 'Kituo hiki hakiwezi kusoma ombi hili. Rudi kwenye Wavu, ubonyeze huko “Fungua ukurasa wa kituo” tena.',
      often: 'Maombi mengi yamekuja kutoka ulipo, na bado yanasubiri. Jaribu tena baada ya dakika chache.',
      full: 'Maombi mengi mno yanasubiri hapa sasa hivi. Jaribu tena baada ya dakika chache.',
    },
  },
};
