#define XXH_INLINE_ALL
#include <xxhash.h>

#include "CXXHash.h"

tally_hash128 tally_xxh3_128(const void *bytes, size_t length, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, length, seed);
  return (tally_hash128){.low = hash.low64, .high = hash.high64};
}
