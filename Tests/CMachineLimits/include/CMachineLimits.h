#ifndef C_MACHINE_LIMITS_H
#define C_MACHINE_LIMITS_H

/* What the machine can do at most, in billions a second over all threads, measured for about `seconds`. */

/* Multiply-adds of f32 in the widest registers there are, each counted as two operations. */
double adam_limit_flops(int threads, double seconds);
/* Bytes that copying memory larger than any cache reads and writes. */
double adam_limit_copy(int threads, double seconds);

#endif
