// 32 registers of 512 bits: a panel takes one.
#include "vectors.h"

#if defined(__x86_64__) && !defined(RECURRENT_DOUBLE)
#include <immintrin.h>

#define NAME(x) x##_avx512
#define RK_HAS_FMA 1
#define RK_HAS_MASKS 1
#define RK_ROW_TILE 8
#define RK_PANEL_TILE 8
#define RK_WIDEST {0, 8, 8, 8, 6, 4, 4, 3, 3}
#define RK_PREFETCH 16
#define RK_STREAM_PANELS 8
#define RK_TILES(X) X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6) X(1, 7) X(1, 8) X(2, 1) X(2, 2) X(2, 3) X(2, 4) \
  X(2, 5) X(2, 6) X(2, 7) X(2, 8) X(3, 1) X(3, 2) X(3, 3) X(3, 4) X(3, 5) X(3, 6) X(3, 7) X(3, 8) X(4, 1) X(4, 2)   \
  X(4, 3) X(4, 4) X(4, 5) X(4, 6) X(5, 1) X(5, 2) X(5, 3) X(5, 4) X(6, 1) X(6, 2) X(6, 3) X(6, 4) X(7, 1) X(7, 2)   \
  X(7, 3) X(8, 1) X(8, 2) X(8, 3)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
#endif
