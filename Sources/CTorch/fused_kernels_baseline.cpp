// The loops for any processor, and the choice between the sets.
#ifdef DENATURE_TORCH
#include <string_view>

#define FUSED_SET baseline
#define FUSED_NAME "baseline"
#define FUSED_LANES 4
#define FUSED_TILE_VECTORS 2
#define FUSED_TILE_ROWS 6
#include "fused_kernels_impl.h"

namespace ctorch::fused {

#ifdef __x86_64__
namespace avx512 {
extern const Kernels table;
}
namespace avx2 {
extern const Kernels table;
}
#endif

const Kernels *kernels(const char *name) {
    const std::string_view wanted = name == nullptr ? "" : name;
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool hasAVX2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool hasAVX512 = hasAVX2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (hasAVX512 && (wanted.empty() || wanted == avx512::table.name)) return &avx512::table;
    if (hasAVX2 && (wanted.empty() || wanted == avx2::table.name)) return &avx2::table;
#endif
    return wanted.empty() || wanted == baseline::table.name ? &baseline::table : nullptr;
}

}  // namespace ctorch::fused
#endif
