/*
 * What can happen to a message: the words that soak.c writes into it and faulty.c plays.
 */
#ifndef WABIZ_SOAK_ACTS_H
#define WABIZ_SOAK_ACTS_H

typedef enum act {
  ACT_TAKE,           /* accepted, and the connection kept */
  ACT_REFUSE,         /* Meta's error 131056 */
  ACT_CUT,            /* read, then closed without a byte */
  ACT_RESET,          /* read, then reset: mostly on a kept connection, where libcurl alone would post again */
  ACT_HALF,           /* closed in the middle of the answer */
  ACT_SLOW,           /* accepted after a while */
  ACT_SILENCE,        /* never answered */
  ACT_TAKE_AND_CLOSE, /* accepted, and the connection closed without having said so */
  ACT_HTML,           /* 200 with a page in place of an answer */
  ACTS
} act;

#endif
