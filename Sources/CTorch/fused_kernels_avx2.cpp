// The loops for processors with AVX2 and fused multiply-add.
#if defined(DENATURE_TORCH) && defined(__x86_64__)
// What is included here must not be compiled for this instruction set: other files share it.
#include <cstdint>

#define FUSED_SET avx2
#define FUSED_NAME "avx2"
#define FUSED_LANES 8
#define FUSED_TILE_VECTORS 2
#define FUSED_TILE_ROWS 6
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "fused_kernels_impl.h"
#pragma clang attribute pop
#endif
