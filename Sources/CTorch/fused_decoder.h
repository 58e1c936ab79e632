// The fused decoder: one pass over the layers for all rows and all weight sets.
#pragma once

#include <memory>
#include <vector>

#include "fused_weights.h"

namespace ctorch::fused {

class Decoder {
public:
    Decoder(
        std::vector<std::shared_ptr<const Weights>> groups, const float *inverseFrequencies, float rotaryFactor,
        int64_t slots, int64_t capacity, const char *instructionSet);

    int64_t length(int64_t slot) const {
        return slot < 0 || slot >= static_cast<int64_t>(lengths_.size()) ? -1 : lengths_[slot];
    }
    void truncate(int64_t slot, int64_t length);

    /// Feeds the chunks; the normalised hidden states of the rows asked for stay in `outputs_`. Number of those rows.
    int64_t feed(const ct_fused_chunks &chunks, bool everyToken);
    void checkChunks(const ct_fused_chunks &chunks, bool everyToken, int64_t &rows) const;
    void projectAll(int64_t rows, float *logits) const;
    void projectCandidates(int64_t rows, const int64_t *counts, const int32_t *candidates, float *scores) const;
    void products(int64_t rows, int64_t headRows);

    const ct_fused_shape &shape() const { return shape_; }
    int64_t groups() const { return static_cast<int64_t>(groups_.size()); }

private:
    /// A token on its way through the layers.
    struct Row {
        int64_t slot;
        int64_t position;
        int32_t token;
        int64_t output;  // row of `outputs_`, or -1
    };

    void grow(int64_t tokens);
    void reserve(int64_t rows);
    void runLayers(const std::vector<Row> &rows);
    void normalize(int64_t rows, int64_t layer, bool post);
    void rotateAndStore(const std::vector<Row> &rows, int64_t layer);
    void attend(const std::vector<Row> &rows, int64_t layer);
    void gateRows(int64_t rows);
    float *keys(int64_t group, int64_t layer, int64_t slot, int64_t head) const;
    float *values(int64_t group, int64_t layer, int64_t slot, int64_t head) const;

    ct_fused_shape shape_;
    std::vector<std::shared_ptr<const Weights>> groups_;
    const Kernels &kernels_;  // chosen once: results do not change under way
    int64_t capacity_;          // tokens of a slot
    int64_t paddedTokens_ = 0;  // those that the caches have room for now, in whole blocks
    std::vector<int64_t> lengths_;
    // Per group and layer: [slots][kv heads][blocks][head_dim][16] and [slots][kv heads][positions][head_dim].
    std::vector<Buffer> keys_, values_;
    std::vector<float> inverseFrequencies_;
    float rotaryFactor_;
    std::vector<float> cosines_, sines_;  // [paddedTokens_][head_dim / 2]

    // Scratch of one pass, [groups][scratchRows_][stride].
    int64_t scratchRows_ = 0;
    int64_t hiddenStride_, queryKeyValueStride_, attendedStride_, gateUpStride_, gatedStride_;
    Buffer hidden_, normed_, queryKeyValue_, attended_, gateUp_, gated_, scores_;
    Buffer outputs_;  // [groups][outputRows_][hiddenStride_]
    int64_t outputRows_ = 0;
};

}  // namespace ctorch::fused
