#pragma once
#include <oniguruma.h>
#include <stddef.h>

/// Prepares the library; to be called once.
static inline void COniguruma_prepare(void) {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
}

/// Compiles UTF-8 in the default syntax, which is a mutable global that Swift 6 does not let concurrent code read. Writes the reason
/// of a failure into `message`, which has room for ONIG_MAX_ERROR_MESSAGE_LEN bytes and a zero.
static inline OnigRegex COniguruma_compile(const unsigned char *pattern, size_t length, unsigned char *message) {
    OnigRegex regex = NULL;
    OnigErrorInfo info;
    int code = onig_new(
        &regex, pattern, pattern + length, ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_DEFAULT, &info);
    if (code == ONIG_NORMAL) return regex;
    message[onig_error_code_to_str(message, code, &info)] = 0;
    return NULL;
}

/// Finds the first match from `start` on in `length` bytes of UTF-8; the region gets its place. Negative where there is none.
static inline int COniguruma_search(
    OnigRegex regex, const unsigned char *text, size_t length, size_t start, OnigRegion *region) {
    return (int)onig_search(regex, text, text + length, text + start, text + length, region, ONIG_OPTION_NONE);
}
