/** English, of the doorstep and the page for offers. */
import type { DoorstepWords } from './doorstep-words.ts';

export const en: DoorstepWords = {
  lang: 'en',
  unreviewed: null,
  languages: 'Language',
  title: 'Wavu does not start here',
  reached: (address) =>
    `You reached a Wavu relay at ${address}, over plain HTTP. Through this door a browser gives a page no keys, no offline start and no camera, and anybody on the way could change the page. So nothing of the app was loaded, and nothing was stored on your device.`,
  forgottenProxy:
    'A proxy on this machine says that you came by HTTPS. If it is yours, start the relay with <code>--behind-proxy</code>, and Wavu starts here.',
  worksTitle: 'What works',
  overHttps: 'This relay, over HTTPS.',
  warned:
    'This relay, over HTTPS; the browser will warn you about its certificate. Whoever goes on all the same has no offline start and cannot install.',
  warnedOfHouse:
    'This relay, over HTTPS. The browser warns you; go on all the same (Advanced, then Continue or Accept), and all works but offline start and installing. Without the warning: see below.',
  behindProxy: 'The <code>https://</code> address your host gave you: this relay stands behind a proxy.',
  onThisMachine: (address) => `On the computer the relay runs on: ${address}`,
  nothingElsewhere: 'Elsewhere nothing yet: whoever hosts this relay turns HTTPS on, as below.',
  fromElsewhere: {
    title: 'You have Wavu from elsewhere?',
    how: 'There choose “Scan or paste an invite” (under New, once you have rooms), and paste this address. That Wavu then meets people by this relay as well, and keeps its keys:',
    mayAsk:
      'The browser may ask whether Wavu may reach devices of your network. Where it lets Wavu get here by no door, Wavu offers to open a page of this relay for an answer.',
  },
  trust: {
    title: 'Without the warning',
    why: 'The warning comes because nobody vouches for this relay’s certificate. You can tell your device to trust the authority that this relay made for itself. Then nothing warns, and Wavu starts without a network and can be installed. It is the same place either way: what you have in Wavu stays.',
    download: 'Download this relay’s authority',
    compare:
      'Compare first. Its SHA-256 fingerprint stands on the screen of whoever hosts this relay, where it was started; it must be this one:',
    worst: (localName) =>
      `What it can do at worst: whoever gets hold of this relay’s key could pose to your device as anything with a private address (such as 192.168.1.1, a router’s page)${localName === null ? '' : ` or under ${localName}`}, in a network you are in. Not as any site of the internet: the authority itself forbids that, and browsers keep to it. To take it back, remove it where you added it.`,
    systems: {
      android: {
        on: 'Android',
        steps: [
          'Download it.',
          'Settings, Security and privacy, More, Encryption and credentials, Install a certificate, CA certificate. Or search the settings for “CA certificate”.',
          'Install anyway, and choose the file.',
          'Firefox needs one more step: Settings, About Firefox, tap its sign five times; back, Secret settings, Use third party CA certificates.',
        ],
      },
      ios: {
        on: 'iPhone and iPad (nobody has tried this yet)',
        steps: [
          'Open this page in Safari, download, and allow the profile.',
          'Settings, Profile downloaded, Install.',
          'Settings, General, About, Certificate trust settings: switch “Wavu relay” on.',
        ],
      },
      windows: {
        on: 'Windows: Chrome, Edge',
        steps: [
          'Open the downloaded file, Install certificate, Current user.',
          'Place all certificates in this store: Trusted root certification authorities.',
          'Start the browser anew.',
        ],
      },
      macos: {
        on: 'macOS: Safari, Chrome',
        steps: [
          'Open the downloaded file; it goes to the login keychain.',
          'In Keychain Access open “Wavu relay”, Trust, Secure Sockets Layer (SSL): Always trust.',
          'Start the browser anew.',
        ],
      },
      linux: {
        on: 'Linux: Chrome, Chromium',
        steps: [
          'Settings, Privacy and security, Security, Manage certificates, Trusted certificates, Import.',
          'Or in a terminal: <code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "Wavu relay" -i wavu-authority.crt</code>',
        ],
      },
      firefox: {
        on: 'Firefox on a computer',
        steps: [
          'Settings, Privacy and security, View certificates, Authorities, Import.',
          'Choose the file, and tick “Trust this CA to identify websites” alone.',
        ],
      },
    },
  },
  hosting: {
    title: 'For whoever hosts it',
    oneName: 'Choose one name and keep it: a browser keeps people’s keys under the address they opened.',
    ownCertificate: 'With a certificate of your own',
    samePort: 'HTTPS then answers on this same port.',
    caddy: 'With Caddy, for a name on the internet',
    tailscale: 'With Tailscale, for your own devices',
  },
  pair: {
    answeredTitle: 'The relay has answered',
    copy: 'Copy this answer, go back to Wavu, and paste it there. It holds for ten minutes, for your Wavu alone.',
    scan: 'Where Wavu runs on another device, scan it there:',
    code: 'QR code of the answer',
    again: 'If Wavu then says that it found no link: that happens now and then. Press “Open the relay’s page” there once more.',
    refusedTitle: 'No answer',
    refused: {
      off: 'This relay takes nobody in this way: whoever hosts it has switched its UDP doors off.',
      'bad-signal': 'This is no offer that this relay can read. Go back to Wavu, and press “Open the relay’s page” there again.',
      often: 'Many offers came from where you are, and still wait. Try again in a few minutes.',
      full: 'Too many offers wait here just now. Try again in a few minutes.',
    },
  },
};
