// Water of lakes, rivers and seas: waves as two sets of noise that wander, clear where it is shallow.
// TEXCOORD_0 is metres along x and z, TEXCOORD_1 how deep it is and how fast it runs.
#define USES_SKY

float wave_hash(ivec2 p) {
    uint h = uint(p.x) * 0x9E3779B1u ^ uint(p.y) * 0x85EBCA77u;
    h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
    h = (h ^ (h >> 12)) * 0x297A2D39u;
    return float((h ^ (h >> 15)) >> 8) * (1.0 / 16777216.0);
}

// Value noise with its slope: xy, and the value in z.
vec3 wave_noise(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f), du = 6.0 * f * (1.0 - f);
    ivec2 c = ivec2(i);
    float a = wave_hash(c), b = wave_hash(c + ivec2(1, 0)), d = wave_hash(c + ivec2(0, 1)), e = wave_hash(c + ivec2(1, 1));
    return vec3(du * vec2(b - a + (a - b - d + e) * u.y, d - a + (a - b - d + e) * u.x),
                a + (b - a) * u.x + (d - a) * u.y + (a - b - d + e) * u.x * u.y);
}

void surface(in Fragment f, inout SurfaceInputs s) {
    vec2 at = f.uv0;
    float depth = max(f.uv1.x, 0.0);
    float far = length(camera_position.xyz - f.position);
    WaterSurface p = parameters(f.material);
    float t = time_secs * p.speed;
    vec2 slope = vec2(0.0);
    float height = 0.0;
    // Waves smaller than a pixel make the mirror rougher instead.
    for (int k = 0; k < 4; k++) {
        float size = p.wave_m * exp2(-float(k) * 1.15), angle = 0.7 + 1.9 * float(k);
        vec2 along = vec2(cos(angle), sin(angle));
        vec3 n = wave_noise(at / size * mat2(along.x, -along.y, along.y, along.x) + along * t * (0.35 + 0.25 * float(k)));
        float seen = clamp(size * 90.0 / max(far, 1.0) - 0.4, 0.0, 1.0);
        slope += seen * (n.xy) * mat2(along.x, along.y, -along.y, along.x) * 0.5;
        height += n.z * 0.25;
    }
    slope *= p.roughness * mix(0.35, 1.0, clamp(depth / 1.5, 0.0, 1.0));
    vec3 n = normalize(vec3(-slope.x, 1.0, -slope.y));
    if (!f.front) n = -n;
    s.normal = n;
    float clear = exp(-depth * p.murk_per_m);
    s.base_color = mix(p.deep_color, p.shallow_color, clear);
    s.roughness = clamp(0.07 + 1.1 * p.roughness * clamp(far / 500.0, 0.0, 1.0), 0.04, 0.45);
    s.ior = 1.33;
    // Seen at an angle water is a mirror, whatever is below.
    float grazing = pow(1.0 - clamp(abs(dot(n, f.view)), 0.0, 1.0), 5.0);
    float foam = smoothstep(0.35, 0.0, depth + (height - 0.5) * 0.35) * p.foam;
    s.base_color = mix(s.base_color, vec3(0.72, 0.76, 0.78), foam * 0.7);
    s.roughness = mix(s.roughness, 0.8, foam);
    float body = 1.0 - exp(-depth * p.murk_per_m * 1.6);
    s.opacity = clamp(max(max(body, 0.12 + 0.8 * grazing), foam * 0.7) * smoothstep(0.0, 0.12, depth), 0.0, 1.0);
#ifndef UNLIT
    if (p.haze_m > 0.0) {
        vec3 towards = -f.view;
        towards.y = max(towards.y, 0.03);
        towards = normalize(towards);
        float lost = 1.0 - exp(-far / p.haze_m);
        s.emissive = sky_mirror(towards, towards, 0.35) * lost * s.opacity;
        s.base_color *= 1.0 - lost;
        s.specular *= 1.0 - lost;
    }
#endif
}
