// One step of Batcher's bitonic sort, 1968: far ones first. A thread a pair.
#include "generated/particles.glsl"
layout(local_size_x = 64) in;
layout(std430, binding = PARTICLE_ORDER) buffer Order { uvec2 order[]; };

void main() {
    uint t = gl_GlobalInvocationID.x, reach = numbers.y, run = numbers.x;
    uint a = (t / reach) * reach * 2u + t % reach, b = a + reach;
    if (b >= numbers.w) return;
    uvec2 x = order[a], y = order[b];
    bool turned = x.x < y.x || (x.x == y.x && x.y > y.y);
    if (turned == ((a & run) == 0u)) {
        order[a] = y;
        order[b] = x;
    }
}
