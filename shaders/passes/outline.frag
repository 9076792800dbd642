// Lines around what is selected: pixels whose neighbours belong to the selection differently.
layout(binding = 0) uniform usampler2D ids;
layout(std430, binding = 11) readonly buffer Selected { uint selected[]; }; // 2 bits an entity: selected, active
layout(std140, binding = 2) uniform Outline { vec4 colors[2]; vec4 extent; }; // selected and active; width, height, radius, bits
layout(location = 0) out vec4 color;

uint state_at(ivec2 p) {
    uint id = texelFetch(ids, clamp(p, ivec2(0), ivec2(extent.xy) - 1), 0).r;
    if (id >= uint(extent.w)) return 0u;
    return bitfieldExtract(selected[id / 16u], int(id % 16u) * 2, 2);
}

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    uint own = state_at(here), most = 0u;
    int radius = int(extent.z);
    for (int y = -radius; y <= radius; ++y)
        for (int x = -radius; x <= radius; ++x)
            if (x * x + y * y <= radius * radius + 1) most = max(most, state_at(here + ivec2(x, y)));
    if (own != 0u || most == 0u) discard;
    color = colors[most - 1u];
}
