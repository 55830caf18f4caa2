/// The kernels with double scalars, for the gradient-check build.
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H
#define RECURRENT_DOUBLE 1
typedef double rk_scalar;
#include "../face.h"
#endif
