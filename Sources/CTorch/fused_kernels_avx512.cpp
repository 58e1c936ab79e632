// The loops for processors with AVX-512.
#if defined(DENATURE_TORCH) && defined(__x86_64__)
// What is included here must not be compiled for this instruction set: other files share it.
#include <cstdint>

#define FUSED_SET avx512
#define FUSED_NAME "avx512"
#define FUSED_LANES 16
#define FUSED_TILE_VECTORS 4
#define FUSED_TILE_ROWS 6
#pragma clang attribute push(                                                                     \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "fused_kernels_impl.h"
#pragma clang attribute pop
#endif
