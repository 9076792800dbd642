// The interface's colours are encoded for the screen already.
layout(location = 0) in vec2 v_uv;
layout(location = 1) in vec4 v_color;
layout(location = 2) in vec2 v_position;
layout(location = 3) flat in vec4 v_clip;
layout(binding = 0) uniform sampler2D picture;
layout(location = 0) out vec4 color;

void main() {
    vec4 texel = texture(picture, v_uv);
    if (any(lessThan(v_position, v_clip.xy)) || any(greaterThanEqual(v_position, v_clip.zw))) discard;
    color = v_color * texel;
}
