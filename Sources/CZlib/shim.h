#pragma once
#include <zlib.h>

// What zlib.h has as macros, which Swift does not see.

/// Begins to read gzip members.
static inline int CZlib_beginReading(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/// Begins to write a gzip member, whose header says neither a name nor a time.
static inline int CZlib_beginWriting(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
