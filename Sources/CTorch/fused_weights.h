// One weight set of the fused decoder, and the memory its matrices lie in.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "ctorch_fused.h"
#include "fused_kernels.h"

namespace ctorch::fused {

/// A refusal, with the numbers that caused it.
struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void require(bool condition, const char *what) {
    if (!condition) throw Refusal(std::string("fused decoder: ") + what);
}

/// a·b, or bad_alloc when that is more than memory can be.
inline int64_t product(int64_t a, int64_t b) {
    int64_t result;
    if (__builtin_mul_overflow(a, b, &result) || result > INT64_MAX / 64) throw std::bad_alloc();
    return result;
}

inline int64_t roundUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/// Floats on a cache line's border, large ones in large pages: a step reads everything once, page after page.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(int64_t count);
    float *data() const { return memory_.get(); }
    int64_t count() const { return count_; }

private:
    struct Free {
        void operator()(float *p) const { std::free(p); }
    };
    std::unique_ptr<float, Free> memory_;
    int64_t count_ = 0;
};

/// A matrix [rows, depth] stored as panels of 64 of its rows, each [depth][64], the last one narrower.
struct PackedMatrix {
    int64_t rows = 0;
    int64_t depth = 0;
    Buffer data;

    struct Source {
        const float *matrix;
        int64_t rows;
    };

    PackedMatrix() = default;
    /// The sources one below the other: products that share an input become one.
    PackedMatrix(const std::vector<Source> &sources, int64_t depth);

    int64_t panels() const { return (rows + panelWidth - 1) / panelWidth; }
    const float *panel(int64_t index) const { return data.data() + index * panelWidth * depth; }
    /// Columns of the panel in memory, and how many of them are rows of the matrix.
    int64_t width(int64_t index) const { return roundUp(used(index), lineFloats); }
    int64_t used(int64_t index) const {
        return index + 1 < panels() ? panelWidth : rows - index * panelWidth;
    }
};

struct LayerWeights {
    std::vector<float> inputNorm, postNorm;
    std::vector<float> queryNorm, keyNorm;  // empty without
    PackedMatrix queryKeyValue, output, gateUp, down;
    std::vector<float> queryKeyValueBias, outputBias;  // empty without
};

struct Weights {
    ct_fused_shape shape;
    const float *embedding = nullptr;  // borrowed
    const float *head = nullptr;       // borrowed; rows for the restricted projection
    std::vector<float> finalNorm;
    PackedMatrix packedHead;
    std::vector<LayerWeights> layers;

    int64_t queryWidth() const { return shape.heads * shape.head_dim; }
    int64_t keyWidth() const { return shape.kv_heads * shape.head_dim; }
};

std::shared_ptr<const Weights> makeWeights(
    const ct_fused_shape &shape, const float *embedding, const float *finalNorm, const float *head,
    const ct_fused_layer *layers);

}  // namespace ctorch::fused
