import { type INestApplication, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { ACCESS, type Access } from '../../src/gateway/access.decorators.js';

export interface Route {
  /** `GET`, `POST` … */
  method: string;
  /** With its parameters: `/v1/users/:id`. */
  path: string;
  /** Names of the parameters in the path. */
  params: string[];
  /** Undefined: nothing declared, so closed to everybody. */
  access: Access | undefined;
  /** `UsersController.get` */
  handler: string;
}

/** Every route of a running application, read from its controllers: what tests of access are generated from. */
export function routesOf(app: INestApplication): Route[] {
  const routes: Route[] = [];
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype === 'function') routes.push(...routesOfController(metatype));
    }
  }
  const known = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return [...known.values()].sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

function routesOfController(controller: Function): Route[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const method: unknown = typeof handler === 'function' ? Reflect.getMetadata(METHOD_METADATA, handler) : undefined;
    if (typeof handler !== 'function' || typeof method !== 'number') return [];
    const access = (Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller)) as
      | Access
      | undefined;
    return pathsOf(controller).flatMap((prefix) =>
      pathsOf(handler).map((own) => {
        const path = `/${[prefix, own]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`;
        const params = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
        return { method: RequestMethod[method]!, path, params, access, handler: `${controller.name}.${name}` };
      }),
    );
  });
}

function pathsOf(target: Function): string[] {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, target);
  return (Array.isArray(path) ? path : [path ?? '']) as string[];
}
