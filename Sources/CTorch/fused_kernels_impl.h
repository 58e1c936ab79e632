// Bodies of the loops, included by one file per instruction set, which defines
//   FUSED_SET           name of the namespace
//   FUSED_LANES         floats in a vector register
//   FUSED_TILE_VECTORS  vectors of columns, and
//   FUSED_TILE_ROWS     rows of a register tile: their product and a few more registers must exist.
// Vectors are the compiler's (no intrinsics), so that one text serves every processor.
#include "fused_kernels.h"

namespace ctorch::fused::FUSED_SET {
namespace {

constexpr int lanes = FUSED_LANES;
constexpr int tileVectors = FUSED_TILE_VECTORS;
constexpr int tileRows = FUSED_TILE_ROWS;
/// Depth of a piece of a panel: 64 × 64 floats are a third of a first-level cache, so all row tiles read it there.
constexpr int64_t pieceDepth = 64;

typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));
typedef int32_t IntVector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));

inline Vector load(const float *p) { return *reinterpret_cast<const Vector *>(p); }
inline void store(float *p, Vector v) { *reinterpret_cast<Vector *>(p) = v; }
/// x − 0 is x for every x, so that one broadcast from memory is left of it; 0 + x is not, for −0.
inline Vector splat(float x) { return x - Vector{}; }

/// Folds a vector in halves with `combine`.
template <typename Combine> inline float fold(Vector v, Combine combine) {
    float values[lanes];
    store(values, v);
    for (int half = lanes / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i) values[i] = combine(values[i], values[i + half]);
    }
    return values[0];
}

inline float sum(Vector v) {
    return fold(v, [](float a, float b) { return a + b; });
}

inline float maximum(Vector v) {
    return fold(v, [](float a, float b) { return a > b ? a : b; });
}

// Products

/// `next` is fetched into the cache meanwhile: `fetchRows` rows of what the following piece will read.
template <int rows, int vectors>
inline void multiplyTile(
    const float *panel, int64_t width, int64_t depth, const float *x, int64_t xStride, float *y, int64_t yStride,
    bool accumulate, const float *next, int64_t fetchRows) {
    Vector sums[rows][vectors] = {};
    for (int64_t k = 0; k < depth; ++k) {
        if (k < fetchRows) {
            for (int64_t c = 0; c < width; c += lineFloats) __builtin_prefetch(next + k * width + c, 0, 3);
        }
        Vector w[vectors];
        for (int c = 0; c < vectors; ++c) w[c] = load(panel + k * width + c * lanes);
        for (int r = 0; r < rows; ++r) {
            const Vector value = splat(x[r * xStride + k]);
            for (int c = 0; c < vectors; ++c) sums[r][c] += w[c] * value;
        }
    }
    for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < vectors; ++c) {
            float *target = y + r * yStride + c * lanes;
            store(target, accumulate ? load(target) + sums[r][c] : sums[r][c]);
        }
    }
}

template <int vectors>
inline void multiplyRows(
    int64_t rows, const float *panel, int64_t width, int64_t depth, const float *x, int64_t xStride, float *y,
    int64_t yStride, bool accumulate, const float *next, int64_t fetchRows) {
#define FUSED_CASE(n)                                                                                      \
    case n:                                                                                                \
        multiplyTile<n, vectors>(panel, width, depth, x, xStride, y, yStride, accumulate, next, fetchRows); \
        break;
    static_assert(tileRows <= 6);
    switch (rows) {
        FUSED_CASE(1) FUSED_CASE(2) FUSED_CASE(3) FUSED_CASE(4) FUSED_CASE(5) FUSED_CASE(6)
    }
#undef FUSED_CASE
}

/// One or two rows times a whole panel: reading the weights is all the work.
template <int rows>
inline void multiplyWide(
    const float *panel, int64_t depth, const float *x, int64_t xStride, float *y, int64_t yStride, bool accumulate) {
    // The most columns whose sums fit into half of sixteen registers.
    constexpr int vectors = lanes * 8 / rows < panelWidth ? 8 / rows : panelWidth / lanes;
    // In the pieces of many rows, though one would be faster: each sum is rounded alike whatever it is batched with.
    for (int64_t start = 0; start < depth; start += pieceDepth) {
        const int64_t piece = depth - start < pieceDepth ? depth - start : pieceDepth;
        for (int64_t column = 0; column < panelWidth; column += vectors * lanes) {
            multiplyTile<rows, vectors>(
                panel + start * panelWidth + column, panelWidth, piece, x + start, xStride, y + column, yStride,
                accumulate || start > 0, panel, 0);
        }
    }
}

void multiplyPanel(
    const float *panel, int64_t width, int64_t depth, const float *x, int64_t xStride, int64_t rows, float *y,
    int64_t yStride, bool accumulate) {
    // A single row or two leave registers for more columns, so that the panel is read as it lies in memory.
    if (rows == 1 && width == panelWidth) {
        return multiplyWide<1>(panel, depth, x, xStride, y, yStride, accumulate);
    }
    if (rows == 2 && width == panelWidth) {
        return multiplyWide<2>(panel, depth, x, xStride, y, yStride, accumulate);
    }
    const int64_t tiles = (rows + tileRows - 1) / tileRows;
    for (int64_t start = 0; start < depth; start += pieceDepth) {
        const int64_t piece = depth - start < pieceDepth ? depth - start : pieceDepth;
        const bool add = accumulate || start > 0;
        // Each row tile fetches its share of the next piece (the next panel's first one at the end: past the last panel
        // a fetch does no harm). One tile alone leaves that to the processor, which sees the stream.
        const int64_t share = tiles > 1 ? (piece + tiles - 1) / tiles : 0;
        int64_t row = 0;
        for (int64_t tile = 0; tile < tiles; ++tile) {
            const int64_t count = (rows - row) / (tiles - tile);
            const float *next = panel + (start + piece + tile * share) * width;
            int64_t column = 0;
            for (; column + tileVectors * lanes <= width; column += tileVectors * lanes) {
                multiplyRows<tileVectors>(
                    count, panel + start * width + column, width, piece, x + row * xStride + start, xStride,
                    y + row * yStride + column, yStride, add, next, column == 0 ? share : 0);
            }
            for (; column < width; column += lineFloats) {
                multiplyRows<lineFloats / lanes>(
                    count, panel + start * width + column, width, piece, x + row * xStride + start, xStride,
                    y + row * yStride + column, yStride, add, next, column == 0 ? share : 0);
            }
            row += count;
        }
    }
}

float dot(const float *a, const float *b, int64_t count) {
    constexpr int chains = 4;
    Vector sums[chains] = {};
    int64_t i = 0;
    for (; i + chains * lanes <= count; i += chains * lanes) {
        for (int c = 0; c < chains; ++c) sums[c] += load(a + i + c * lanes) * load(b + i + c * lanes);
    }
    for (; i + lanes <= count; i += lanes) sums[0] += load(a + i) * load(b + i);
    float rest = 0;
    for (; i < count; ++i) rest += a[i] * b[i];
    return sum((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
}

// Elementwise

void rmsNorm(const float *x, const float *weight, int64_t count, float epsilon, float *y) {
    const float factor = 1.0f / __builtin_sqrtf(dot(x, x, count) / static_cast<float>(count) + epsilon);
    for (int64_t i = 0; i < count; ++i) y[i] = weight[i] * (x[i] * factor);
}

void rotate(float *x, const float *cosines, const float *sines, int64_t half) {
    for (int64_t i = 0; i < half; ++i) {
        const float first = x[i], second = x[half + i];
        x[i] = first * cosines[i] - second * sines[i];
        x[half + i] = second * cosines[i] + first * sines[i];
    }
}

/// 2ⁿ·e^r with x = n·ln 2 + r, |r| ≤ ln 2 / 2; the polynomial is that of Cephes' expf.
inline Vector exponential(Vector x) {
    x = x < -87.0f ? splat(-87.0f) : x;
    x = x > 87.0f ? splat(87.0f) : x;
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the significand.
    constexpr float rounder = 12582912.0f;
    const Vector rounded = x * 1.44269504088896341f + rounder;
    const Vector n = rounded - rounder;
    Vector r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    Vector p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const IntVector exponent = reinterpret_cast<IntVector>(rounded) - reinterpret_cast<IntVector>(splat(rounder));
    return p * reinterpret_cast<Vector>((exponent + 127) << 23);
}

/// Calls `body` with a vector's worth of elements at a time; the last few go through a padded copy.
template <typename Body>
inline void forEachVector(const float *a, const float *b, int64_t count, float *y, Body body) {
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store(y + i, body(load(a + i), load(b + i)));
    if (i < count) {
        float first[lanes] = {}, second[lanes] = {}, result[lanes];
        for (int64_t j = i; j < count; ++j) first[j - i] = a[j], second[j - i] = b[j];
        store(result, body(load(first), load(second)));
        for (int64_t j = i; j < count; ++j) y[j] = result[j - i];
    }
}

void siluMultiply(const float *gate, const float *up, int64_t count, float *y) {
    forEachVector(gate, up, count, y, [](Vector g, Vector u) { return g / (1.0f + exponential(-g)) * u; });
}

void exponentials(const float *x, int64_t count, float *y) {
    forEachVector(x, x, count, y, [](Vector v, Vector) { return exponential(v); });
}

// Attention

/// Sums that grow side by side, so that an addition does not wait for the one before it.
constexpr int sideBySide = 8;
constexpr int blockVectors = blockPositions / lanes;

/// Scores of `blocks` blocks of positions; each is the sum of `parts` sums over dimensions. What lies at the same
/// places from `next` on is fetched into the cache if asked for.
template <int blocks, int parts, bool fetches>
inline void scoreBlocks(
    const float *query, const float *keys, const float *next, int64_t headDim, float *scores) {
    const int64_t stride = headDim * blockPositions;
    Vector sums[parts][blocks][blockVectors] = {};
    const auto add = [&](int part, int64_t d) {
        const Vector value = splat(query[d]);
        for (int b = 0; b < blocks; ++b) {
            if (fetches) __builtin_prefetch(next + b * stride + d * blockPositions, 0, 3);
            for (int v = 0; v < blockVectors; ++v) {
                sums[part][b][v] += value * load(keys + b * stride + d * blockPositions + v * lanes);
            }
        }
    };
    int64_t d = 0;
    for (; d + parts <= headDim; d += parts) {
        for (int part = 0; part < parts; ++part) add(part, d + part);
    }
    for (; d < headDim; ++d) add(0, d);
    for (int b = 0; b < blocks; ++b) {
        for (int v = 0; v < blockVectors; ++v) {
            Vector total = sums[0][b][v];
            for (int part = 1; part < parts; ++part) total += sums[part][b][v];
            store(scores + b * blockPositions + v * lanes, total);
        }
    }
}

template <bool fetches>
inline void scoreAll(
    const float *query, const float *keys, const float *next, int64_t headDim, int64_t blocks, float *scores) {
    constexpr int most = sideBySide / blockVectors;
    while (blocks > 0) {
        const int64_t count = blocks < most ? blocks : most;
#define FUSED_CASE(n)                                                                                             \
    case n:                                                                                                       \
        if constexpr (n <= most) {                                                                                \
            scoreBlocks<n, sideBySide / (n * blockVectors), fetches>(query, keys, next, headDim, scores);         \
        }                                                                                                         \
        break;
        switch (count) {
            FUSED_CASE(1) FUSED_CASE(2) FUSED_CASE(3) FUSED_CASE(4) FUSED_CASE(5) FUSED_CASE(6) FUSED_CASE(7)
            FUSED_CASE(8)
        }
#undef FUSED_CASE
        blocks -= count;
        keys += count * headDim * blockPositions;
        next += count * headDim * blockPositions;
        scores += count * blockPositions;
    }
}

/// Scores → exp(scale · (score − largest)), and the reciprocal of their sum. `scores` holds whole blocks; what is
/// past `length` becomes 0.
inline float softmax(float *scores, int64_t length, int64_t padded, float scale) {
    for (int64_t i = length; i < padded; ++i) scores[i] = scores[0];
    Vector top = load(scores);
    for (int64_t i = lanes; i < padded; i += lanes) {
        const Vector v = load(scores + i);
        top = v > top ? v : top;
    }
    const float largest = maximum(top);
    for (int64_t i = 0; i < padded; i += lanes) {
        store(scores + i, exponential((load(scores + i) - largest) * scale));
    }
    for (int64_t i = length; i < padded; ++i) scores[i] = 0;
    Vector total = {};
    for (int64_t i = 0; i < padded; i += lanes) total += load(scores + i);
    return 1.0f / sum(total);
}

/// Weighted sum of the values, `vectors` vectors of dimensions from `values` on; the last one may reach past the row.
/// Fetches what lies at the same places from `next` on.
template <int vectors, bool fetches>
inline void weighValues(
    const float *weights, float factor, const float *values, const float *next, int64_t stride, int64_t length,
    float *output, int64_t count) {
    constexpr int chains = sideBySide / vectors;
    Vector sums[chains][vectors] = {};
    const auto add = [&](int chain, int64_t t) {
        const Vector weight = splat(weights[t]);
        for (int v = 0; v < vectors; ++v) {
            if (fetches) __builtin_prefetch(next + t * stride + v * lanes, 0, 3);
            sums[chain][v] += weight * load(values + t * stride + v * lanes);
        }
    };
    int64_t t = 0;
    for (; t + chains <= length; t += chains) {
        for (int chain = 0; chain < chains; ++chain) add(chain, t + chain);
    }
    for (; t < length; ++t) add(0, t);
    float result[vectors * lanes];
    for (int v = 0; v < vectors; ++v) {
        Vector total = sums[0][v];
        for (int chain = 1; chain < chains; ++chain) total += sums[chain][v];
        store(result + v * lanes, total * factor);
    }
    __builtin_memcpy(output, result, count * sizeof(float));
}

template <bool fetches>
inline void weighAll(const Attention &item, const float *weights, float factor, float *output) {
    int64_t d = 0;
    const auto weigh = [&]<int vectors>() {
        const int64_t left = item.headDim - d, width = vectors * lanes;
        weighValues<vectors, fetches>(
            weights, factor, item.values + d, item.nextKeys + d, item.headDim, item.length, output + d,
            left < width ? left : width);
        d += width;
    };
    while (d + 3 * lanes < item.headDim) weigh.template operator()<4>();
    while (d + lanes < item.headDim) weigh.template operator()<2>();
    if (d < item.headDim) weigh.template operator()<1>();
}

/// The heads share keys and values, so each step is taken for all heads while those are in the cache. The first head's
/// scores fetch the values, its sums the next keys: rows are too short for the processor to see where they will end.
void attend(const Attention &item) {
    const int64_t blocks = (item.length + blockPositions - 1) / blockPositions;
    const int64_t padded = blocks * blockPositions;
    for (int64_t h = 0; h < item.heads; ++h) {
        const float *query = item.query + h * item.headDim;
        const auto score = h == 0 ? scoreAll<true> : scoreAll<false>;
        score(query, item.keys, item.values, item.headDim, blocks, item.scores + h * padded);
    }
    for (int64_t h = 0; h < item.heads; ++h) {
        float *weights = item.scores + h * padded;
        const float factor = softmax(weights, item.length, padded, item.scale);
        const auto weigh = h == 0 ? weighAll<true> : weighAll<false>;
        weigh(item, weights, factor, item.output + h * item.headDim);
    }
}

}  // namespace

extern const Kernels table;
const Kernels table = {
    FUSED_NAME, multiplyPanel, dot, rmsNorm, rotate, siluMultiply, attend, exponentials,
};

}  // namespace ctorch::fused::FUSED_SET
