// The loops of the fused decoder, compiled once per instruction set and chosen when first used.
#pragma once

#include <cstdint>

namespace ctorch::fused {

/// Columns of a matrix that are stored together, as [depth][width], so that a product reads memory in one stream.
constexpr int64_t panelWidth = 64;
/// Positions of a key cache block, stored as [head_dim][blockPositions], so that scores of neighbours are one vector.
constexpr int64_t blockPositions = 16;
/// Row lengths are rounded up to this many floats: one cache line, and the widest vector.
constexpr int64_t lineFloats = 16;

/// One query row against the cache of one key-value head.
struct Attention {
    const float *query;   // [heads][headDim], the heads that share the key-value head
    int64_t heads;
    int64_t headDim;
    float scale;
    const float *keys;    // [blocks][headDim][blockPositions]
    const float *values;  // [positions][headDim], readable up to four vectors past the last row
    const float *nextKeys;  // of whoever is next: fetched into the cache meanwhile
    int64_t length;       // positions to attend to, ≥ 1
    float *scores;        // scratch: [heads][length rounded up to a block]
    float *output;        // [heads][headDim]
};

struct Kernels {
    const char *name;
    /// y[rows][width] (+)= x[rows][depth] · panel[depth][width]; width a multiple of `lineFloats`.
    /// Every element is summed in one order whatever `rows` is: a sequence's result does not depend on its batch.
    void (*multiplyPanel)(
        const float *panel, int64_t width, int64_t depth, const float *x, int64_t xStride, int64_t rows, float *y,
        int64_t yStride, bool accumulate);
    float (*dot)(const float *a, const float *b, int64_t count);
    /// y = weight · x / sqrt(mean(x²) + epsilon)
    void (*rmsNorm)(const float *x, const float *weight, int64_t count, float epsilon, float *y);
    /// Rotates the halves (x₁, x₂) of one head in place: (x₁c − x₂s, x₂c + x₁s).
    void (*rotate)(float *x, const float *cosines, const float *sines, int64_t half);
    /// y = gate / (1 + exp(−gate)) · up
    void (*siluMultiply)(const float *gate, const float *up, int64_t count, float *y);
    void (*attend)(const Attention &item);
    /// y = exp(x), relative error below 2e-7, for |x| ≤ 87; outside the value at that bound.
    void (*exponential)(const float *x, int64_t count, float *y);
};

/// The set of this name, or null where the processor lacks it; without a name the best one.
const Kernels *kernels(const char *name);

}  // namespace ctorch::fused
