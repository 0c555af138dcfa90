/** The doorstep's words about the relay's own certificate authority: what it is, what it can do at worst, and the steps for each system. */
import { authorityPath } from '../lan-authority.ts';
import type { Authority } from '../lan-authority.ts';

export const trustWords = ({ fingerprint, localName }: Authority): string => `<h2>Without the warning</h2>
<p>The warning comes because nobody vouches for this relay's certificate. You can tell your device to trust the authority that this relay
made for itself. Then nothing warns, and Wavu starts without a network and can be installed. It is the same place either way: what you
have in Wavu stays.</p>
<a class="address" href="${authorityPath}" type="application/x-x509-ca-cert">Download this relay's authority</a>
<p>Compare first. Its SHA-256 fingerprint stands on the screen of whoever hosts this relay, where it was started; it must be this one:</p>
<pre><code>${fingerprint.replaceAll(':', ':<wbr>')}</code></pre>
<p class="note">What it can do at worst: whoever gets hold of this relay's key could pose to your device as anything with a private address
(such as 192.168.1.1, a router's page)${localName === null ? '' : ` or under <strong class="address">${localName}</strong>`}, in a network you are in. Not as any site of the internet: the authority itself forbids that, and
browsers keep to it. To take it back, remove it where you added it.</p>
${steps.map(({ on, list }) => `<details><summary>${on}</summary><ol>${list.map((each) => `<li>${each}</li>`).join('')}</ol></details>`).join('\n')}`;

const steps: readonly { readonly on: string; readonly list: readonly string[] }[] = [
  {
    on: 'Android',
    list: [
      'Download it.',
      'Settings, Security and privacy, More, Encryption and credentials, Install a certificate, CA certificate. Or search the settings for “CA certificate”.',
      'Install anyway, and choose the file.',
      'Firefox needs one more step: Settings, About Firefox, tap its sign five times; back, Secret settings, Use third party CA certificates.',
    ],
  },
  {
    on: 'iPhone and iPad (nobody has tried this yet)',
    list: [
      'Open this page in Safari, download, and allow the profile.',
      'Settings, Profile downloaded, Install.',
      'Settings, General, About, Certificate trust settings: switch “Wavu relay” on.',
    ],
  },
  {
    on: 'Windows: Chrome, Edge',
    list: [
      'Open the downloaded file, Install certificate, Current user.',
      'Place all certificates in this store: Trusted root certification authorities.',
      'Start the browser anew.',
    ],
  },
  {
    on: 'macOS: Safari, Chrome',
    list: [
      'Open the downloaded file; it goes to the login keychain.',
      'In Keychain Access open “Wavu relay”, Trust, Secure Sockets Layer (SSL): Always trust.',
      'Start the browser anew.',
    ],
  },
  {
    on: 'Linux: Chrome, Chromium',
    list: [
      'Settings, Privacy and security, Security, Manage certificates, Trusted certificates, Import.',
      'Or in a terminal: <code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "Wavu relay" -i wavu-authority.crt</code>',
    ],
  },
  {
    on: 'Firefox on a computer',
    list: [
      'Settings, Privacy and security, View certificates, Authorities, Import.',
      'Choose the file, and tick “Trust this CA to identify websites” alone.',
    ],
  },
];
