/* The arguments of the program as the system gave them, its name first. */
#ifndef ADAM_ARGUMENTS_H
#define ADAM_ARGUMENTS_H

/* 0 where the C library does not say. */
int adam_argument_count(void);
/* NULL behind the last one. */
const char *adam_argument(int index);
#endif
