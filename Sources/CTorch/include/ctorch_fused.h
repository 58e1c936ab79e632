// The decoder that serves on the CPU in float32: Llama, Qwen2 and Qwen3 shapes, several weight sets of one shape in one
// pass, a key-value cache of `slots` sequences. No autograd, no tensors: plain pointers in, plain pointers out.
//
// Status and message as in ctorch.h. A refused call leaves its decoder as it was. A decoder is for one caller at a
// time; weights may be shared.
#ifndef CTORCH_FUSED_H
#define CTORCH_FUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What all weight sets of a decoder have in common.
typedef struct {
    int64_t layers;
    int64_t hidden_size;
    int64_t intermediate_size;
    int64_t heads;
    int64_t kv_heads;   // divides `heads`
    int64_t head_dim;   // even
    int64_t vocabulary;
    float rms_epsilon;
} ct_fused_shape;

/// Tensors of one layer as a checkpoint has them: row-major [out, in] matrices, contiguous float32.
typedef struct {
    const float *input_norm;           // [hidden]
    const float *query, *key, *value;  // [heads·head_dim, hidden], [kv_heads·head_dim, hidden] twice
    const float *query_bias, *key_bias, *value_bias;  // null without biases
    const float *query_norm, *key_norm;               // [head_dim]; null without
    const float *output;               // [hidden, heads·head_dim]
    const float *output_bias;          // [hidden]; null without
    const float *post_norm;            // [hidden]
    const float *gate, *up;            // [intermediate, hidden]
    const float *down;                 // [hidden, intermediate]
} ct_fused_layer;

typedef struct ct_fused_weights ct_fused_weights;
typedef struct ct_fused_decoder ct_fused_decoder;

/// Copies the matrices into the order in which the products read them. `embedding` and `head` (the same pointer when
/// tied; both [vocabulary, hidden]) are also read later and must outlive the weights and every decoder made of them.
ct_status ct_fused_weights_create(
    const ct_fused_shape *shape, const float *embedding, const float *final_norm, const float *head,
    const ct_fused_layer *layers, ct_fused_weights **result);
void ct_fused_weights_free(ct_fused_weights *weights);

/// `weights`: `groups` sets of one shape. `inverse_frequencies`: head_dim / 2 rotary frequencies, with any scaling
/// already in them; `rotary_factor` multiplies cosines and sines (1 unless the scaling rule asks for more).
/// `instruction_set`: null for the best of "avx512", "avx2" and "baseline"; refused where the processor lacks it.
/// The decoder shares the weights: they may be freed before it.
ct_status ct_fused_decoder_create(
    const ct_fused_weights *const *weights, int64_t groups, const float *inverse_frequencies, float rotary_factor,
    int64_t slots, int64_t capacity, const char *instruction_set, ct_fused_decoder **result);
void ct_fused_decoder_free(ct_fused_decoder *decoder);

/// Tokens that a slot holds; -1 for a slot that is not there.
int64_t ct_fused_decoder_length(const ct_fused_decoder *decoder, int64_t slot);
/// Keeps the first `length` tokens of the slot (0 frees it) and forgets what followed.
ct_status ct_fused_decoder_truncate(ct_fused_decoder *decoder, int64_t slot, int64_t length);

/// Tokens to feed: chunk i appends `counts[i]` ≥ 1 tokens to `slots[i]`; the tokens of all chunks one after another.
/// No slot may appear twice.
typedef struct {
    int64_t count;
    const int64_t *slots;
    const int64_t *counts;
    const int32_t *tokens;
} ct_fused_chunks;

/// Feeds the chunks and writes logits, `[groups][rows][vocabulary]`: one row per chunk, after its last token, or with
/// `every_token` one row per token. `size`: floats in `logits`, checked.
ct_status ct_fused_decoder_extend(
    ct_fused_decoder *decoder, const ct_fused_chunks *chunks, bool every_token, float *logits, int64_t size);

/// The same with a restricted projection: raw logits of `candidates` only, `candidate_counts[i]` of them for row i, all
/// rows one after another: `[groups][sum of candidate_counts]`.
ct_status ct_fused_decoder_extend_candidates(
    ct_fused_decoder *decoder, const ct_fused_chunks *chunks, bool every_token, const int64_t *candidate_counts,
    const int32_t *candidates, float *scores, int64_t size);

/// Feeds the chunks without a projection.
ct_status ct_fused_decoder_feed(ct_fused_decoder *decoder, const ct_fused_chunks *chunks);

/// The matrix products of one step of `rows` tokens, all groups, and nothing else, on whatever the buffers hold: the
/// floor that a step is measured against. `head_rows`: rows of the full projection, 0 for none.
ct_status ct_fused_decoder_products(ct_fused_decoder *decoder, int64_t rows, int64_t head_rows);

/// The best instruction set of this processor.
const char *ct_fused_instruction_set(void);
/// The exponential that the loops use, of `count` floats: relative error below 2e-7 for |x| ≤ 87, constant outside.
ct_status ct_fused_exponential(const char *instruction_set, const float *x, int64_t count, float *y);

#ifdef __cplusplus
}
#endif
#endif
