/** What a text that was pasted or scanned looks like, so that it goes to the right verb. Whether it is one, the app says. */

/** An invite has something behind its `#`. */
export const isLikeRelay = (text: string): boolean => /^(https?:\/\/[^\s#]+|[\w.-]+:\d+\/?|\/[a-z]\w+\/\S+)$/i.test(text.trim());

/** As a relay's page shows it to one who came by hand. Its word is the protocol's: tests/ui/pasted holds both together. */
export const isLikeAnswer = (text: string): boolean => text.startsWith('relay/');
