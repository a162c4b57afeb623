#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

// zlib's macro carries a sizeof that Swift cannot import.
static inline int tally_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
