// Depth and moves of a smaller frame at the size of the picture: those of the nearest pixel.
layout(binding = 0) uniform sampler2D depth_map;
layout(binding = 1) uniform sampler2D velocity_map;
layout(std140, binding = 2) uniform Shown { vec4 jitter_uv; };
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec2 velocity;

void main() {
    velocity = textureLod(velocity_map, v_uv + jitter_uv.xy, 0.0).xy;
    gl_FragDepth = textureLod(depth_map, v_uv + jitter_uv.xy, 0.0).r;
}
