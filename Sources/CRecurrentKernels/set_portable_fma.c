// The portable kernels with fused multiply-add: the oracle for equal bits on x86.
#include "vectors.h"

#if defined(__x86_64__) && !defined(RECURRENT_DOUBLE)
#define NAME(x) x##_portable_fma
#define RK_HAS_FMA 1
#define RK_ROW_TILE 3
#define RK_PANEL_TILE 2
#define RK_WIDEST {0, 2, 1, 1}
#define RK_PREFETCH 16
#define RK_STREAM_PANELS 4
#define RK_TILES(X) X(1, 1) X(1, 2) X(2, 1) X(3, 1)
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
#endif
