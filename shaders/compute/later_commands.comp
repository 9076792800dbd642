// Commands of what the second phase of culling added: the stretch of each command's instances after those of the first.
layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Params { uint command_count; };
layout(std430, binding = 11) readonly buffer Both { uint both[]; };
layout(std430, binding = 12) readonly buffer First { uint first[]; };
layout(std430, binding = 13) writeonly buffer Later { uint later[]; };

void main() {
    uint command = gl_GlobalInvocationID.x;
    if (command >= command_count) return;
    uint word = command * 5u, drawn = first[word + 1u];
    later[word] = both[word];
    later[word + 1u] = both[word + 1u] - drawn;
    later[word + 2u] = both[word + 2u];
    later[word + 3u] = both[word + 3u];
    later[word + 4u] = both[word + 4u] + drawn;
}
