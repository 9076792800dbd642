// Packed rows to scattered rows (or, with SAME_ROWS, scattered rows to the same rows of another buffer).
layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Params { uint row_count; uint row_words; };
layout(std430, binding = 11) readonly buffer Source { uint source[]; };
layout(std430, binding = 12) readonly buffer Rows { uint rows[]; };
layout(std430, binding = 13) writeonly buffer Target { uint target[]; };

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= row_count * row_words) return;
    uint row = i / row_words, word = i - row * row_words;
    uint to = rows[row] * row_words + word;
#ifdef SAME_ROWS
    target[to] = source[to];
#else
    target[to] = source[i];
#endif
}
