#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t low;
  uint64_t high;
} tally_hash128;

/// XXH3, 128 bits, of `length` bytes at `bytes`; `seed` separates domains.
tally_hash128 tally_xxh3_128(const void *bytes, size_t length, uint64_t seed);

/// Asks for the memory at `address`, which will be read soon. Any address is allowed.
static inline void tally_prefetch(const void *address) { __builtin_prefetch(address); }
