/** How a link to a relay is begun by hand: its page takes the offer in its address, and shows the answer behind this word. */
export const relayOfferPath = '/pair';
export const relayAnswerPlace = 'relay';
