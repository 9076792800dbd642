// Which cloud is seen: where one of its Gaussians covers about as much as it lets through.
in vec2 v_at;
flat in vec4 v_color;
flat in uint v_entity;
layout(location = 0) out uint target_id;

void main() {
    if (v_color.a * exp(-0.5 * dot(v_at, v_at)) < 0.4) discard;
    target_id = v_entity;
}
