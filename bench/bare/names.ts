/** Update of `bareEntity`. */
export const ANSWER_UPDATE = 'answer';
