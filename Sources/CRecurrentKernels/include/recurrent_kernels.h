/// The kernels with float scalars.
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H
typedef float rk_scalar;
#include "../face.h"
#endif
