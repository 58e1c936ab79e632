#pragma once
// SHA256_CTX and its three functions: deprecated since version 3 in favour of fetched algorithms, whose look-ups and
// allocations cost several times the compressions of a short message.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
