// 32 registers of 128 bits: a panel takes four of them. Fused multiply-add belongs to every 64-bit Arm.
#include "vectors.h"

#if defined(__aarch64__) && !defined(RECURRENT_DOUBLE)
#define NAME(x) x##_neon
#define RK_HAS_FMA 1
#define RK_ROW_TILE 6
#define RK_PANEL_TILE 4
#define RK_WIDEST {0, 4, 2, 2, 1, 1, 1}
#define RK_PREFETCH 16
#define RK_STREAM_PANELS 4
#define RK_TILES(X) X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(2, 1) X(2, 2) X(3, 1) X(3, 2) X(4, 1) X(5, 1) X(6, 1)
#include "kernels.inc"
#endif
