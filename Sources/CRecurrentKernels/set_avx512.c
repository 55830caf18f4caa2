// 32 registers of 512 bits: a panel takes one.
#include "vectors.h"

#if defined(__x86_64__) && !defined(RECURRENT_DOUBLE)
#define NAME(x) x##_avx512
#define RK_HAS_FMA 1
#define RK_ROW_TILE 8
#define RK_PANEL_TILE 8
#define RK_PANEL_STRIP 8
#define RK_TILES(X)                                                                                                 \
  X(1, 8) X(1, 4) X(1, 2) X(1, 1) X(2, 8) X(2, 4) X(2, 2) X(2, 1) X(3, 4) X(3, 2) X(3, 1) X(4, 4) X(4, 2) X(4, 1)    \
  X(5, 2) X(5, 1) X(6, 2) X(6, 1) X(7, 2) X(7, 1) X(8, 2) X(8, 1)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
#endif
