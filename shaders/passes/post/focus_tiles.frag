// The largest radius of blur in each tile, which is as large as a radius can be: who looks at a tile and those around it has seen
// everything that may spread to it.
layout(binding = 0) uniform sampler2D half_size;
layout(std140, binding = 2) uniform Tiles { vec4 tiles; }; // columns and rows
layout(location = 0) out vec4 largest;

void main() {
    ivec2 size = textureSize(half_size, 0), tile = ivec2(gl_FragCoord.xy), count = ivec2(tiles.xy);
    ivec2 from = tile * size / count, to = min((tile + 1) * size / count + 1, size);
    float best = 0.0;
    for (int y = from.y; y < to.y; ++y)
        for (int x = from.x; x < to.x; ++x) best = max(best, abs(texelFetch(half_size, ivec2(x, y), 0).a));
    largest = vec4(best);
}
