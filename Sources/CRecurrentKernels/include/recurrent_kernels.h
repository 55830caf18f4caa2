#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H
#ifdef RECURRENT_DOUBLE
typedef double rk_scalar;
#else
typedef float rk_scalar;
#endif
int rk_version(void);
#endif
